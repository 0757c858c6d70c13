"""Keeps the catalogues: `make words` reads every message out of the pages, every refusal out of
the core, and says what is missing.

Translations are kept and sorted; a message that nobody says any more is set aside at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from thang.web.words import sentences
from thang.web.words.catalogue import DOMAIN
from thang.web.words.extracting import sentences as skeletons

WEB = Path(__file__).parents[1]
WRITTEN = Path(__file__).parent / "vi" / "LC_MESSAGES" / f"{DOMAIN}.po"
REFUSALS = WRITTEN.with_name(f"{sentences.DOMAIN}.po")
KEYWORDS = DEFAULT_KEYWORDS | {"say": (2,), "say_many": (2, 3), "noted": None}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEPT_HEADS = (b'"Language:', b'"Plural-Forms', b'"MIME-Version', b'"Content-')


def said(web: Path = WEB) -> Catalog:
    """Every message of the pages and of their Python, without a translation."""
    catalog = Catalog(project="Thang", copyright_holder="The Thang authors", charset="utf-8")
    found = extract_from_dir(web, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda _: True)
    for path, _, message, _, context in found:
        catalog.add(message, locations=[(path, 0)], context=context)
    return catalog


def refused(source: Path = WEB.parent) -> Catalog:
    """Every refusal of the core and every phrase of one, without a translation."""
    catalog = Catalog(project="Thang", copyright_holder="The Thang authors", charset="utf-8")
    for one in skeletons(source):
        places = [(one.file, 0)] if one.file else []
        catalog.add(one.text, locations=places, context=one.group or None)
    return catalog


def written(po: Path = WRITTEN) -> Catalog:
    """The Vietnamese catalogue as it lies in the source."""
    with po.open("rb") as file:
        return read_po(file, locale="vi", domain=DOMAIN)


def missing(catalog: Catalog) -> Iterator[Message]:
    """Messages without words of their own, or with words that somebody must look at again."""
    for message in catalog:
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(words)):
            yield message


def kept_up(po: Path = WRITTEN, web: Path = WEB) -> Catalog:
    """The catalogue with today's messages; what was translated stays."""
    catalog = written(po) if po.is_file() else Catalog(locale="vi", project="Thang")
    catalog.header_comment = "# Vietnamese for the pages of Thang; `make words` keeps it."
    catalog.fuzzy = False
    catalog.update(said(web), no_fuzzy_matching=True, update_header_comment=False)
    return catalog


def refusals_kept_up(po: Path = REFUSALS, source: Path = WEB.parent) -> Catalog:
    """The catalogue of refusals with today's; what nobody says any more goes."""
    catalog = written(po) if po.is_file() else Catalog(locale="vi", project="Thang")
    catalog.header_comment = "# Vietnamese for the refusals of Thang; `make words` keeps it."
    catalog.fuzzy = False
    catalog.update(refused(source), no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    return catalog


def as_text(catalog: Catalog) -> bytes:
    """The file's bytes: sorted, and without dates, so that two people's changes rarely meet."""
    out = BytesIO()
    write_po(out, catalog, width=96, sort_output=True, include_lineno=False)
    head, rest = out.getvalue().split(b"\n\n", 1)
    kept = [line for line in head.split(b"\n") if line[:1] != b'"' or line.startswith(KEPT_HEADS)]
    return b"\n".join(kept) + b"\n\n" + rest


def main() -> None:
    """Write the catalogues anew and name what still needs a translation."""
    for po, catalog in ((WRITTEN, kept_up()), (REFUSALS, refusals_kept_up())):
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_bytes(as_text(catalog))
        empty = list(missing(catalog))
        for message in empty:
            sys.stdout.write(f"to translate: {message.id!r}\n")
        sys.stdout.write(f"{po.name}: {len(catalog)} messages, {len(empty)} to translate\n")


if __name__ == "__main__":
    main()
