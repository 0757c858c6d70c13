"""Whether somebody agreed to be written to: the last word on a channel and a purpose holds.

When in doubt, silence: a refusal counts from the moment it is known even if its date lies
ahead, a grant only from its date on; of two words of one instant the refusal holds; a refusal
may speak of every channel and purpose at once, a grant never does.
"""

from __future__ import annotations

from collections.abc import Iterable

from thang.policy.contact import Contact
from thang.river.sending.nouns import EVERY, MARKETING, Consent


def agreed(consents: Iterable[Consent], channel: str, purpose: str, now: int) -> bool:
    """Whether the last word on this channel and purpose is a grant."""
    words = list(_on(consents, channel, purpose))
    granted = max((c.at for c in words if c.granted and c.at <= now), default=None)
    refused = max((c.at for c in words if not c.granted), default=None)
    return granted is not None and (refused is None or granted > refused)


def may_contact(
    consents: Iterable[Consent], channel: str, purpose: str, now: int, rules: Contact
) -> bool:
    """The same, where the contract with a customer may be ground enough for service."""
    words = list(_on(consents, channel, purpose))
    if purpose != MARKETING and not rules.service_needs_consent and not words:
        return True
    return agreed(words, channel, purpose, now)


def _on(consents: Iterable[Consent], channel: str, purpose: str) -> Iterable[Consent]:
    for word in consents:
        everywhere = not word.granted
        if (word.channel == channel or (everywhere and word.channel == EVERY)) and (
            word.purpose == purpose or (everywhere and word.purpose == EVERY)
        ):
            yield word
