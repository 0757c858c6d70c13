"""The command line: one verb, one workspace call. `--json` on every verb.

Exit codes: 0 done, 1 refused for a named reason, 2 wrong usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from thang.accounts import people_app
from thang.acting import run
from thang.answering import JsonOption, ShopOption
from thang.answering import answer as _say
from thang.grouping import groups
from thang.outcomes import outcomes
from thang.past_imports import again, imports, undo
from thang.rights import person_app
from thang.sending import send
from thang.staging import stage
from thang.strategies import strategies
from thang.valuing import value


class Verbs(typer.core.TyperGroup):
    """The verbs; one that is stopped from the keyboard ends like one that is refused."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen verb."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from thang.model import ThangError

            raise ThangError("stopped; what was committed is kept.") from None


app = typer.Typer(
    cls=Verbs, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Which rung of the ladder each customer stands on, why, and what lifts them to the next.",
)  # fmt: skip
policy_app = typer.Typer(no_args_is_help=True, help="Check the rules, and see what a change does.")
app.add_typer(policy_app, name="policy")
app.add_typer(people_app, name="people")
app.add_typer(person_app, name="person")
app.command()(imports)
app.command()(undo)
app.command()(again)
app.command()(groups)
app.command()(outcomes)
app.command()(run)
app.command()(send)
app.command()(stage)
app.command()(value)
app.command()(strategies)


@app.command()
def init(
    shop: ShopOption = Path("shop"),
    currency: Annotated[str, typer.Option(help="ISO code of the shop's currency.")] = "VND",
    tz: Annotated[str, typer.Option(help="The shop's time zone.")] = "Asia/Ho_Chi_Minh",
    record: Annotated[
        str,
        typer.Option(
            envvar="THANG_RECORD",
            help="postgresql://user@host/database: keep the record there, for several machines.",
        ),
    ] = "",
    json: JsonOption = False,
) -> None:
    """Lay out a new shop's folder."""
    from thang.workspace.shop import Workspace

    Workspace.init(shop, currency, tz, server=record)
    _say(json, {"shop": str(shop), "currency": currency, "tz": tz},
         f"{shop} is ready. Next: thang import FILE --shop {shop}")  # fmt: skip


@app.command()
def move(
    server: Annotated[str, typer.Argument(help="postgresql://user@host/database")],
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Have a PostgreSQL database keep a shop's record and vault from now on."""
    from thang.workspace.shop import Workspace

    Workspace(shop).move(server)
    _say(json, {"shop": str(shop), "moved": True},
         f"The record of {shop} is on the server now. The files named .moved may go once you have "
         "seen that all is well.")  # fmt: skip


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, text, JSONL, XLSX or Parquet.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="YAML: which column means what.")
    ] = None,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Read a file of events into the shop's record; doing it again changes nothing."""
    from thang.terminal import import_summary, rows_progress
    from thang.workspace.shop import Workspace

    with rows_progress(file.name, quiet=json) as progress:
        done = Workspace(shop).import_file(file, mapping, progress)
    tally = done.tally
    _say(json, {
        "file": file.name, "format": done.format, "rows": tally.rows, "stored": tally.stored,
        "duplicate": tally.duplicate, "refused": tally.refused, "events": tally.events,
        "reasons": dict(tally.reasons), "unmapped_columns": list(done.unmapped_columns),
    }, import_summary(done))  # fmt: skip


@app.command()
def classify(
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="A shop day, YYYY-MM-DD; now if left out.")
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb, or spark for Parquet folders.")] = "duckdb",
    events: Annotated[
        Path | None, typer.Option(help="Spark: Parquet of events instead of the shop's own.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Spark: folder for the Parquet results.")] = None,
    everybody: Annotated[bool, typer.Option(help="Fold everybody, not only who changed.")] = False,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Place every customer on the ladder."""
    from thang.terminal import classify_summary, steps_progress
    from thang.workspace.shop import Workspace

    workspace = Workspace(shop)
    if engine == "spark":
        from thang.workspace.scale_out import classify_on_spark

        _say(json, *classify_on_spark(workspace, as_of, events, out))
        return
    if engine != "duckdb":
        raise typer.BadParameter(f"{engine!r} is no engine: choose duckdb or spark.")
    with steps_progress(quiet=json) as progress:
        done = workspace.classify(as_of, everybody=everybody, progress=progress)
    _say(json, {
        "as_of": done.as_of, "people": done.people, "folded": done.folded,
        "policy": f"{done.version.version}:{done.version.fingerprint}",
        "window_days": done.version.settings.window_days,
    }, classify_summary(done, workspace.folder.policy()))  # fmt: skip


@app.command()
def ladder(
    month: Annotated[
        str | None, typer.Option(help="Moves of this month, YYYY-MM; the last full one.")
    ] = None,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """How many customers stand on each rung, and who moved."""
    from dataclasses import asdict

    from thang.model import Taken
    from thang.running import ask
    from thang.terminal import ladder_table
    from thang.workspace.ladder import read_ladder
    from thang.workspace.shop import Workspace

    workspace = Workspace(shop)
    try:
        found = workspace.ladder(month)
    except Taken as taken:
        found = read_ladder(ask(shop, "/api/ladder", taken, month=month))
    shape = asdict(found)
    shape.pop("month")
    _say(json, shape, ladder_table(found, workspace.folder.policy()))


@app.command()
def explain(
    person: Annotated[str, typer.Argument(help="A customer id, phone, e-mail or p_… reference.")],
    at: Annotated[str | None, typer.Option(help="A past shop day, YYYY-MM-DD.")] = None,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Why one customer stands where they stand, and what is missing for the next rung."""
    from json import loads
    from urllib.parse import quote

    from thang.model import Taken
    from thang.running import ask
    from thang.terminal import explanation
    from thang.workspace.shop import Workspace

    workspace = Workspace(shop)
    try:
        found = workspace.explain(person, at)
    except Taken as taken:
        path = f"/api/people/{quote(person, safe='')}/explanation"
        found = loads(ask(shop, path, taken, at=at))
    _say(json, found, explanation(found, workspace.folder.policy()))


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="transitions, placements or people.")],
    file: Annotated[Path, typer.Argument(help="Ends in .csv, .parquet or .jsonl.")],
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Write a table to a file."""
    from thang.model import Taken
    from thang.running import ask
    from thang.workspace.exporting import read_stream, write
    from thang.workspace.shop import Workspace

    try:
        found = Workspace(shop).export(table)
    except Taken as taken:
        found = read_stream(ask(shop, f"/api/tables/{table}", taken))
    write(found, file)
    _say(json, {"table": table, "file": str(file), "rows": found.num_rows},
         f"{found.num_rows:,} rows of {table} written to {file}")  # fmt: skip


@policy_app.command("check")
def policy_check(
    file: Annotated[Path | None, typer.Argument(help="The shop's policy.yaml if left out.")] = None,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Read a policy and name every mistake by file, line and key."""
    from thang.policy.load import load_policy, unknown_kinds
    from thang.river.events import CODES
    from thang.workspace.folder import Folder

    policy = load_policy(file or Folder(shop).policy_file)
    strange = unknown_kinds(policy, CODES)
    _say(json, {
        "fingerprint": policy.fingerprint, "levels": [level.key for level in policy.levels],
        "unknown_kinds": strange,
    }, f"The policy is sound ({len(policy.levels)} levels, fingerprint {policy.fingerprint})."
       + (f"\nKinds outside the vocabulary: {', '.join(strange)}" if strange else ""))  # fmt: skip


@policy_app.command("diff")
def policy_diff(
    file: Annotated[Path | None, typer.Argument(help="The shop's policy.yaml if left out.")] = None,
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Whom a changed policy would move, before it moves anybody."""
    from dataclasses import asdict

    from thang.terminal import preview_table
    from thang.workspace.shop import Workspace

    found = Workspace(shop).preview(file)
    _say(json, asdict(found), preview_table(found))


@policy_app.command("apply")
def policy_apply(
    file: Annotated[Path | None, typer.Argument(help="The shop's policy.yaml if left out.")] = None,
    note: Annotated[str, typer.Option(help="Why, for the list of versions.")] = "",
    shop: ShopOption = Path("shop"),
    json: JsonOption = False,
) -> None:
    """Put a policy in force: a new version, and everybody placed under it."""
    from dataclasses import asdict

    from thang.terminal import applied_summary, steps_progress
    from thang.workspace.shop import Workspace

    with steps_progress(quiet=json) as progress:
        done, placed = Workspace(shop).apply_file(file, note, progress)
    people = placed.people if placed else 0
    _say(json, asdict(done) | {"people": people}, applied_summary(done, people))


@policy_app.command("versions")
def policy_versions(shop: ShopOption = Path("shop"), json: JsonOption = False) -> None:
    """The versions of the policy: when each was applied, and why."""
    from dataclasses import asdict

    from thang.terminal import versions_table
    from thang.workspace.shop import Workspace

    found = Workspace(shop).policy_versions()
    _say(json, {"versions": [asdict(version) for version in found]}, versions_table(found))


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="Where to write the events, as Segment JSONL.")],
    scenario: Annotated[str, typer.Option(help="tiny, small, mid, demo, large, …")] = "small",
    seed: Annotated[int, typer.Option(help="The same seed is the same shop.")] = 1,
    truth: Annotated[Path | None, typer.Option(help="Where to write what is true of it.")] = None,
    imperfect: Annotated[
        bool, typer.Option("--imperfect", help="Tell some rows twice and some late, as files do.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Invent a shop: plainly invented people, and events to import."""
    from thang.workspace.inventing import invent

    events = invent(file, scenario, seed, truth, imperfect=imperfect)
    _say(json, {"file": str(file), "events": events, "scenario": scenario, "seed": seed},
         f"{events:,} events of the scenario {scenario!r} written to {file}")  # fmt: skip


@app.command()
def demo(
    shop: Annotated[Path, typer.Option("--shop", help="Where to put it.")] = Path("demo-shop"),
    day: Annotated[
        str | None, typer.Option(help="The invented history's last day, YYYY-MM-DD; today.")
    ] = None,
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve it in the browser afterwards.")
    ] = True,
    port: Annotated[int | None, typer.Option(help="Port; the first free one from 8010 on.")] = None,
    json: JsonOption = False,
) -> None:
    """A small simulated Vietnamese shop: where its customers stand, and the web app over it."""
    from dataclasses import asdict

    from thang.terminal import demo_story
    from thang.workspace.inventing import demo_shop

    found, people = demo_shop(shop, day)
    _say(json, {**asdict(found), "examples": people}, demo_story(found, people, shop))
    if serving and not json:
        serve(shop, port=port, browser=True)


@app.command()
def serve(
    shop: ShopOption = Path("shop"),
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port; the first free one from 8010 on.")] = None,
    cert: Annotated[Path | None, typer.Option(help="TLS certificate chain, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="TLS key, PEM.")] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy with TLS stands in front.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = False,
    json: JsonOption = False,
) -> None:
    """The web app: the ladder, the customers, imports and rules in the browser."""
    from thang.web.serving import Place, serve_shop

    def say(address: str) -> None:
        # On one line however narrow the terminal: it is to be clicked or copied.
        if json:
            _say(json, {"address": address}, None)
        else:
            typer.echo(f"Thang: {address}")
        sys.stdout.flush()

    serve_shop(shop, Place(host, port, cert, key, behind_proxy), say, browser=browser)


def main() -> None:
    """Run a verb; what a person can put right ends in one sentence and exit code 1."""
    from thang.model import ThangError

    try:
        app()
    except ThangError as error:
        print(f"thang: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
