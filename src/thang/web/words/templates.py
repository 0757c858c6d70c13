"""The one Jinja environment: it always escapes, and words and numbers are those of the speech."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from thang.web.charts.lines import Spark
from thang.web.words.catalogue import translations
from thang.web.words.speech import Speech, spoken

FILTERS: Mapping[str, Callable[..., object]] = {
    "count": Speech.count,
    "count_short": Speech.count_short,
    "signed": Speech.signed,
    "percent": Speech.percent,
    "decimal": Speech.decimal,
    "money": Speech.money,
    "money_short": Speech.money_short,
    "date": Speech.date,
    "date_short": Speech.date_short,
    "datetime": Speech.date_time,
    "month": Speech.month,
    "month_short": Speech.month_short,
    "days": Speech.days,
    "when": Speech.when,
}
GLOBALS: Mapping[str, Callable[..., object]] = {
    "level_name": Speech.level_name,
    "level_short": Speech.level_short,
    "level_number": Speech.level_number,
    "level_tone": Speech.level_tone,
}


@cache
def environment() -> Environment:
    """The process's environment, with the filters and globals every template may use."""
    made = Environment(
        loader=PackageLoader("thang.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True
    )
    made.filters.update({name: _spoken(how) for name, how in FILTERS.items()})
    made.globals.update({name: _spoken(how) for name, how in GLOBALS.items()})
    made.globals["spark_points"] = lambda values: Spark(tuple(values)).points()
    return made


def _spoken(how: Callable[..., object]) -> Callable[..., object]:
    """The method of whichever speech is current when the template calls it."""

    def call(*args: object, **kwargs: object) -> object:
        return how(spoken(), *args, **kwargs)

    return call


def _gettext(message: str) -> str:
    return translations(spoken().locale).gettext(message)


def _ngettext(one: str, many: str, number: int) -> str:
    return translations(spoken().locale).ngettext(one, many, number)
