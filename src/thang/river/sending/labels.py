"""What the law wants in an advertising message: a label in front, and a way out at the end."""

from __future__ import annotations

from dataclasses import dataclass

from thang.model import WrongInput
from thang.policy.contact import LABELS, Contact
from thang.river.sending.nouns import MARKETING
from thang.river.sending.sms import plain, segments

SHORT = ("sms", "zns", "messenger", "zalo_oa")  # no subject: the label stands before the text


@dataclass(frozen=True, slots=True)
class Worded:
    """The words of a message, ready to go out."""

    subject: str
    text: str


def dressed(worded: Worded, channel: str, purpose: str, way_out: str, rules: Contact) -> Worded:
    """The words with label and way out, as channel and purpose ask for them.

    `way_out` is the address by which a person opts out; advertising without one is refused.
    An SMS is written without accents if the rules wish it, and refused if it is too long.
    """
    done = _advertised(worded, channel, way_out, rules) if purpose == MARKETING else worded
    if channel != "sms":
        return done
    text = plain(done.text) if rules.sms_plain else done.text
    parts = segments(text).parts
    if parts > rules.sms_segments:
        raise WrongInput(
            f"The SMS has {parts} parts and may have {rules.sms_segments}: "
            f"shorten its template, or raise sending.sms_segments."
        )
    return Worded("", text)


def _advertised(worded: Worded, channel: str, way_out: str, rules: Contact) -> Worded:
    if not way_out.strip():
        raise WrongInput(
            "An advertising message needs an address by which one opts out: "
            "set the shop's public address."
        )
    text = f"{worded.text.rstrip()}\n{rules.opt_out}: {way_out}"
    if channel in SHORT:
        return Worded(_labelled(worded.subject, rules) if worded.subject else "",
                      _labelled(text, rules))  # fmt: skip
    return Worded(_labelled(worded.subject, rules), text)


def _labelled(text: str, rules: Contact) -> str:
    return text if text.lstrip().startswith(LABELS) else f"{rules.label} {text.lstrip()}"
