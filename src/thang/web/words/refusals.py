"""Why rows were refused, in words: a title for their number, and what to do about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from thang.web.words.catalogue import noted, say

REASON_COLUMN = noted("Thang: reason")  # the column's plain name is known to `sources.guessing`


@dataclass(frozen=True, slots=True)
class Words:
    """English, noted for the catalogue: `_(words.title)` says it."""

    title: str
    cure: str


REFUSALS: Mapping[str, Words] = {
    "date": Words(
        noted("There is no such date"),
        noted("Write the date as day/month/year, for example 28/02/2026."),
    ),
    "future": Words(
        noted("The date lies in the future"),
        noted("Correct the date: an order cannot have been made after today."),
    ),
    "amount": Words(
        noted("This is no amount of money"),
        noted("Write digits only, for example 450.000 or 450000."),
    ),
    "negative_amount": Words(
        noted("The order is worth less than nothing"),
        noted("Give what the buyer paid; say in the status that the order came back."),
    ),
    "currency": Words(
        noted("No rate is known for this currency"),
        noted("Add the currency's rate to your rules, under shop.rates, then import again."),
    ),
    "no_identifier": Words(
        noted("It is not known who bought"),
        noted("Add a phone, an e-mail or a customer number. Hidden digits (***) name nobody."),
    ),
    "no_customer": Words(
        noted("The row has no customer"),
        noted("Guests cannot be told apart; add a customer number where you know it."),
    ),
    "no_order": Words(
        noted("The row belongs to no order"),
        noted("Give its order number: rows of one order have the same."),
    ),
    "unpaid": Words(
        noted("The order is not paid for yet"),
        noted("Nothing to do: export it again once it is paid for."),
    ),
    "description": Words(
        noted("This describes the columns"),
        noted("Nothing to do: it is no order."),
    ),
    "quantity": Words(
        noted("The quantity is no number"),
        noted("Write a whole number, for example 2."),
    ),
    "stock_correction": Words(
        noted("This corrects the stock and is no order"),
        noted("Nothing to do: such rows do not concern customers."),
    ),
    "adjustment": Words(
        noted("This adjusts the books and is no order"),
        noted("Nothing to do: such rows do not concern customers."),
    ),
    "refund_without_order": Words(
        noted("No earlier order of this customer fits the refund"),
        noted("Import the file that holds the order first, then this one again."),
    ),
    "columns": Words(
        noted("The row has another number of cells than the header"),
        noted("Look at the row: a comma or line break inside a cell needs quotes around the cell."),
    ),
    "cells": Words(
        noted("The row's quotes do not close"),
        noted("Look at the quotes in this row, or save the file again from a spreadsheet."),
    ),
    "cell_too_long": Words(
        noted("A cell is longer than 32,000 letters"),
        noted("Shorten the cell."),
    ),
    "encoding": Words(
        noted("Some letters cannot be read"),
        noted("Save the file as CSV UTF-8, then import it again."),
    ),
    "json": Words(
        noted("The line is no JSON object"),
        noted("Export the file again."),
    ),
    "no_event": Words(
        noted("The call does not name its event"),
        noted("Give each track call the name of an event."),
    ),
    "type": Words(
        noted("This type of call is not known"),
        noted("Send identify, track, page, screen, group or alias."),
    ),
    "too_large": Words(
        noted("The event is larger than 32 KB"),
        noted("Send less with each event."),
    ),
    "deep": Words(
        noted("The event holds lists within lists without end"),
        noted("Send its properties flat."),
    ),
    "id_reuse": Words(
        noted("Another event had the same messageId"),
        noted("Give every event a messageId of its own."),
    ),
    "event_names": Words(
        noted("There are too many different names of events"),
        noted("Send what differs from event to event as a property, not as a name."),
    ),
}
OTHER = Words(noted("The row could not be read"), noted("Look at the row in the file."))
SHORTENED = Words(
    noted("A spreadsheet has shortened the phone"),
    noted("Turn the column into text, type the number again, and save the file."),
)


def words_of(reason: str, found: str = "") -> Words:
    """A reason's words; a value that a spreadsheet cut down gets words of its own."""
    if reason == "no_identifier" and re.fullmatch(r"\d([.,]\d+)?[eE]\+?\d+", found.strip()):
        return SHORTENED
    return REFUSALS.get(reason, OTHER)


def sentence(locale: str, reason: str) -> str:
    """Title and cure in one line, for the column of a file."""
    words = words_of(reason)
    return f"{say(locale, words.title)}. {say(locale, words.cure)}"
