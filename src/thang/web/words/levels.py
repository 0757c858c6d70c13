"""A level's name, short name, number and colour; names are the policy's, not the catalogue's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thang.policy.schema import Level

# The policy holds full names; chips and narrow charts need a shorter word for the usual seven.
SHORT: Mapping[str, str] = {
    "lead": "Tiềm năng",
    "shopper": "Thử nghiệm",
    "customer": "Khách hàng",
    "member": "Thành viên",
    "premier": "Cao cấp",
    "advocate": "Ủng hộ",
    "raving_fan": "Hâm mộ",
}
USUAL: Mapping[str, str] = {
    "lead": "Khách hàng tiềm năng",
    "shopper": "Khách hàng thử nghiệm",
    "customer": "Khách hàng",
    "member": "Thành viên",
    "premier": "Khách hàng cao cấp",
    "advocate": "Người ủng hộ",
    "raving_fan": "Người hâm mộ cuồng nhiệt",
}
TONES = 7


def index_of(levels: Sequence[Level], level: str | int) -> int:
    """Which rung from below, 0 first, a key or an index means; -1 when the policy has none such."""
    if isinstance(level, int):
        return level if 0 <= level < len(levels) else -1
    return next((i for i, known in enumerate(levels) if known.key == level), -1)


def full_name(levels: Sequence[Level], level: str | int, locale: str) -> str:
    """The policy's name of a level in a language, else in the other, else its key."""
    at = index_of(levels, level)
    if at < 0:
        return str(level)
    names = levels[at].names
    return names.get(locale) or names.get("vi") or names.get("en") or levels[at].key


def short_name(levels: Sequence[Level], level: str | int, locale: str) -> str:
    """The chip's word: the usual short one as long as the shop has not renamed the level."""
    full = full_name(levels, level, locale)
    at = index_of(levels, level)
    if locale != "vi" or at < 0 or USUAL.get(levels[at].key) != full:
        return full
    return SHORT[levels[at].key]


def tone(levels: Sequence[Level], level: str | int) -> str:
    """The style class of a level's colour: the seven tones, spread over as many levels as exist."""
    at = max(0, index_of(levels, level))
    last = max(1, len(levels) - 1)
    return f"c{round(at * (TONES - 1) / last)}"
