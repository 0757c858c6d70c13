"""Sentences and actions of the desk, which knows no languages, for the catalogue to hold."""

from __future__ import annotations

from thang.web.words.catalogue import noted

SENTENCES = (
    noted("There is nobody with this account: reload the list."),
    noted("Somebody has to own the shop: make another owner first."),
    noted("A name has 1 to 80 letters: choose another."),
    noted("There is an account with this name already: choose another."),
    noted("This link was used already, or is too old: ask for a new one."),
    noted("A key's name has 1 to 80 letters: choose another."),
    noted("Choose what the key may do: ingest, read, export, write, events."),
    noted("There is no such key, or it was revoked already: reload the list."),
    noted("A password has 12 letters or more: choose a longer one."),
    noted("A password has at most 256 letters: choose a shorter one."),
    noted("This password is easy to guess: choose one without names, years and rows of keys."),
)
ACTIONS = (
    noted("signed in"),
    noted("sign-in refused"),
    noted("signed out"),
    noted("sessions ended"),
    noted("password chosen"),
    noted("password changed"),
    noted("person added"),
    noted("person invited"),
    noted("person shut out"),
    noted("person let in"),
    noted("link made"),
    noted("made viewer"),
    noted("made marketer"),
    noted("made owner"),
    noted("key made"),
    noted("key revoked"),
    noted("backup made"),
    noted("shop begun"),
    noted("table exported"),
    noted("list exported"),
    noted("failed rows exported"),
    noted("contact revealed"),
    noted("policy applied"),
    noted("stage agreed with"),
    noted("stage said"),
    noted("counted for the gate"),
    noted("terms published"),
    noted("pilot begun"),
    noted("gate overridden"),
    noted("import undone"),
    noted("import restored"),
)
