"""The filters of templates: a small table; each takes one value and gives one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from thang.river.calendar import EPOCH

Value = str | int | None
LONGEST = 2_000  # letters of what one field says


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: what it does, and what must stand after its colon (`text`, `number`, nothing)."""

    does: Callable[[Value, str], Value]
    takes: str = ""

    def fault(self, given: str | None) -> str:
        """What is wrong with what stands after the colon; empty if nothing is."""
        if not self.takes:
            return "takes nothing after a colon" if given is not None else ""
        if self.takes == "text":
            return "needs a text after a colon" if given is None else ""
        is_number = given is not None and given.isascii() and given.isdigit()
        return "" if is_number else "needs a number after a colon"

    def apply(self, value: Value, given: str | None) -> Value:
        """The value after the filter; what is not known stays so, except for `default`."""
        done = self.does(value, given or "")
        return done[:LONGEST] if isinstance(done, str) else done


def _on_text(change: Callable[[str], str]) -> Callable[[Value, str], Value]:
    return lambda value, _: None if value is None else change(str(value))


def _default(value: Value, given: str) -> Value:
    return given if value is None or value == "" else value


def _truncate(value: Value, given: str) -> Value:
    text, most = str(value), int(given)
    if value is None or len(text) <= most:
        return value
    return text[: max(most - 1, 0)].rstrip() + "…"


def _grouped(value: Value, _: str) -> Value:
    return format(value, ",d").replace(",", ".") if isinstance(value, int) else value


def _dong(value: Value, _: str) -> Value:
    return f"{format(value, ',d').replace(',', '.')} ₫" if isinstance(value, int) else value


def _date(value: Value, _: str) -> Value:
    """Days since 1970 as a Vietnamese date."""
    if not isinstance(value, int):
        return value
    try:
        day = EPOCH + timedelta(days=value)
    except OverflowError:
        return None
    return f"{day:%d/%m}/{day.year}"


def _last_word(text: str) -> str:
    """The given name of a Vietnamese name, which is its last word."""
    return text.rsplit(maxsplit=1)[-1] if text.split() else ""


FILTERS: Mapping[str, Filter] = {
    "default": Filter(_default, "text"),
    "truncate": Filter(_truncate, "number"),
    "upper": Filter(_on_text(str.upper)),
    "lower": Filter(_on_text(str.lower)),
    "title": Filter(_on_text(str.title)),
    "given_name": Filter(_on_text(_last_word)),
    "number": Filter(_grouped),
    "dong": Filter(_dong),
    "date": Filter(_date),
}
