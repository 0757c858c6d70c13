"""The fields a template may name, with what each says; a shop's own come on top."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "person.name": "the whole name, as it was last told",
    "person.first_name": "the given name: the last word of a Vietnamese name",
    "person.ref": "the person's reference, which tells nobody who they are",
    "person.level": "the level they stand on, in the message's language",
    "person.next_level": "the level above it",
    "shop.name": "what the shop calls itself",
    "shop.link": "the shop's public address",
    "shop.phone": "the number under which the shop can be called",
    "offer.code": "the voucher or referral code of this message",
    "offer.link": "where this message leads",
    "offer.text": "what this message offers, in a few words",
    "unsubscribe_url": "where the person opts out; advertising has it at its end anyway",
}
