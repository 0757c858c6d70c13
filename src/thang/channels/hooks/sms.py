"""The SMS gateway's calls: what was delivered, and people who answer that they want no more.

The gateway signs nothing; what protects these calls is that nobody else knows their address.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from thang.channels.hooks.nouns import Heard, Malformed, OptedOut, Report, Told
from thang.channels.hooks.reading import says_no, told, word

KEY = "sms"
MOST_FIELDS = 50


def heard(call: Told, now: int) -> list[Heard]:
    """What a call tells, by its query, its form or its JSON; Malformed if it is none of these."""
    said = _fields(call)
    found: list[Heard] = []
    name = said.get("smsid", "")
    if name and (failed := said.get("sendfailed", "")) + said.get("sendsuccess", ""):
        arrived = said.get("sendsuccess", "0") not in ("", "0") and failed in ("", "0")
        lost = failed not in ("", "0")
        if arrived or lost:
            why = "" if arrived else "the gateway says that it did not arrive"
            found.append(Report(KEY, name, delivered=arrived, why=why))
    phone = said.get("phone", "") or said.get("phonenumber", "")
    if phone and says_no(said.get("content", "")):
        found.append(OptedOut(KEY, phone, now))
    return found


def _fields(call: Told) -> Mapping[str, str]:
    """Names in small letters."""
    said = dict(call.query)
    kind = call.headers.get("content-type", "")
    if "json" in kind:
        json = told(call.body)
        said |= {key: word(json, key) for key in list(json)[:MOST_FIELDS]}
    elif call.body:
        try:
            said |= dict(parse_qsl(call.body.decode(), max_num_fields=MOST_FIELDS))
        except ValueError:
            raise Malformed from None
    return {key.lower(): value for key, value in said.items()}
