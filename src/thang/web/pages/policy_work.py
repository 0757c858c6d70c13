"""The work behind the policy's page: drafts, tries, putting in force, and what the page shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from thang.desk.people import Role
from thang.model import ThangError, WrongInput, WrongPolicy
from thang.policy.editing import WrongFieldError, edited
from thang.policy.load import read_policy
from thang.policy.mistake import Mistake
from thang.web.office import Office
from thang.web.pages.policy_view import (
    FORM,
    TEXT,
    Draft,
    LevelInputs,
    Outlook,
    PolicyPage,
    level_inputs,
    mistake_in,
    outlook,
    refused_outlook,
)
from thang.web.viewer import Viewer
from thang.web.words.sentences import in_words
from thang.workspace.applying import Applied, Wish
from thang.workspace.versions import Difference, Version

FIELDS = "levels."
USUAL_WINDOW = 365  # days, before a shop's own is known


@dataclass(frozen=True)
class Attempt:
    """A draft and what came of it: its preview, or what is wrong with it."""

    draft: Draft
    error: ThangError | None = None
    outlook: Outlook | None = None


def attempted(values: dict[str, str]) -> Attempt:
    """The draft that a form sent, its fields written into its text."""
    text = values.get("text", "").replace("\r\n", "\n")
    typed = {name: value for name, value in values.items() if name.startswith(FIELDS)}
    wish = values.get("do", "")
    show = wish if wish in (FORM, TEXT) else TEXT if values.get("show") == TEXT else FORM
    written = Draft(text, values.get("mark", ""), values.get("note", ""), show, typed)
    try:
        changed = edited(text, typed)
        read_policy(changed)
    except WrongPolicy as error:
        return Attempt(written, error)
    return Attempt(Draft(changed, written.mark, written.note, show))


def put(office: Office, viewer: Viewer, wish: Wish) -> Applied:
    """Put a policy in force, note who did it, and have everybody placed under it."""
    done = office.shop.apply_policy(wish)
    if done.is_new:
        office.desk.audit.note(viewer.id, "policy applied", str(done.number), office.now())
        office.desk.jobs.add("classify", {}, viewer.id, office.now())
        office.worker.wake()
    return done


def wish_of(viewer: Viewer, wanted: Draft) -> Wish:
    """The draft as its author's wish."""
    return Wish(wanted.text, wanted.note, viewer.id, wanted.mark)


def policy_page(
    office: Office,
    viewer: Viewer,
    attempt: Attempt,
    *,
    stale: Difference | None = None,
    applied: int = 0,
) -> PolicyPage:
    """Everything the page shows of a draft."""
    known = office.shop.policy_versions()
    levels, mistakes = _read(
        attempt, known[0].window_days if known else USUAL_WINDOW, viewer.locale
    )
    here, wanted = office.shop.policy_standing(), attempt.draft
    return PolicyPage(
        draft=wanted if levels else replace(wanted, show=TEXT),
        levels=levels,
        mistakes=mistakes,
        outlook=attempt.outlook
        or (refused_outlook(attempt.error, viewer.locale) if attempt.error else None),
        versions=tuple((version, author(office, version)) for version in known),
        in_force=here.number,
        may_apply=viewer.role == Role.OWNER,
        may_try=viewer.role in (Role.OWNER, Role.MARKETER),
        is_changed=wanted.text != (known[0].text if known else here.text),
        stale=stale,
        applied=applied,
    )


def _read(
    attempt: Attempt, days: int, locale: str
) -> tuple[tuple[LevelInputs, ...], tuple[Mistake, ...]]:
    """The fields of a draft, and its mistakes that belong to no field; no fields: no policy."""
    error, wanted = attempt.error, attempt.draft
    of_field = (
        {error.path: _without_path(error, locale)} if isinstance(error, WrongFieldError) else {}
    )
    try:
        levels = level_inputs(read_policy(wanted.text), days, wanted.typed or {}, of_field)
    except WrongPolicy as wrong:
        return (), (mistake_in(wrong, locale),)
    others = (mistake_in(error, locale),) if isinstance(error, WrongPolicy) and not of_field else ()
    return levels, others


def _without_path(error: WrongFieldError, locale: str) -> str:
    return in_words(str(error), locale).removeprefix(f"{error.path}: ")


def author(office: Office, of: Version) -> str:
    """The name of whoever applied a version; empty where the shop's file or a verb did."""
    found = office.desk.people.get(of.author) if of.author else None
    return found.name if found else of.author


def tried(office: Office, viewer: Viewer, attempt: Attempt, *, whole: bool) -> Attempt:
    """The attempt with its preview, or with the reason why there is none."""
    after = read_policy(attempt.draft.text)
    try:
        found = office.shop.preview_policy(attempt.draft.text, whole=whole)
    except WrongInput as error:  # nobody is placed yet
        return Attempt(attempt.draft, None, refused_outlook(error, viewer.locale))
    titles = office.shop.titles([told["person"] for told in found.examples])
    days = office.shop.policy_versions()[0].window_days
    return Attempt(attempt.draft, None, outlook(found, after, titles, days))
