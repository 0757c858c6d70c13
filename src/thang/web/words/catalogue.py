"""Messages: English in the source, Vietnamese from the catalogue beside this file.

The `.po` file is the only form kept; it is compiled in memory when first asked for.
"""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = ("vi", "en")
DEFAULT = "vi"
DOMAIN = "thang"


@cache
def translations(locale: str) -> NullTranslations:
    """What a language says for each English message; English, and any other, says it as it is."""
    written = files(__package__).joinpath(locale, "LC_MESSAGES", f"{DOMAIN}.po")
    if locale not in LOCALES or not written.is_file():
        return NullTranslations()
    with written.open("rb") as po:
        catalog = read_po(po, locale=locale, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def say(locale: str, message: str, /, **variables: object) -> str:
    """A message in a language, for Python code: `say("vi", "%(n)s rows", n="12")`."""
    return translations(locale).gettext(message) % variables


def say_many(locale: str, one: str, many: str, number: int, /, **variables: object) -> str:
    """A message whose form follows a number; the number is shown by a variable of its own."""
    return translations(locale).ngettext(one, many, number) % variables


def noted(message: str) -> str:
    """Marks a message that is kept now and said later, so that the catalogue holds it."""
    return message
