"""List the sources: last success, age, rows, what broke; or ask every address once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipelines.operation.sources_told import KINDS, broken_lines, states


@click.group(
    invoke_without_command=True,
    epilog="\b\nExamples:\n  deflation sources\n  deflation sources --kind prices\n  deflation sources --broken\n"
    "  deflation sources check\n  deflation sources check prices/anthropic rentals/lambda --save pages\n"
    "  deflation sources --set-aside 3fa9c1d2e4b5 --reason 'a test page of theirs'\n  deflation sources --restore 3fa9c1d2e4b5",
)
@click.option("--kind", type=click.Choice(KINDS), help="Only sources of this kind.")
@click.option("--broken", is_flag=True, help="Only sources that failed or are stale: since when, why, and what to do.")
@click.option("--set-aside", "aside", metavar="SHA256", help="Read the archived page of this hash (6 digits or more) no more.")
@click.option("--restore", metavar="SHA256", help="Read a page that was set aside again.")
@click.option("--reason", default="", help="Why; kept with the decision.")
@click.pass_context
def command(context: click.Context, kind: str | None, broken: bool, aside: str | None, restore: str | None, reason: str) -> None:
    """List every source with its state in the latest published run (before the first run: the contracts).

    A source is unproven while no body of its real shape is held against it (its contract names no canary). One that only
    lacks a key of yours is optional and not broken. A page set aside is read as if it had never been fetched, from the
    next run on; the archive keeps it.

    Exit status: 0 listed or decided, 1 some source failed or is stale (with --broken), or no one page has that hash, 2 wrong usage.
    """
    if context.invoked_subcommand is not None:
        return
    if aside or restore:
        _decide(str(aside or restore), reason, aside=bool(aside))
        return
    from sources.catalogue import sources

    known = states()
    if known is None:
        click.echo("nothing is published yet (deflation run); listing the contracts", err=True)
    shown = 0
    for key, source in sources().items():
        state = (known or {}).get(key) or {
            "status": "unread",
            "origin": "",
            "observed_at": None,
            "age_days": None,
            "rows": 0,
            "message": "",
        }
        bad = state["status"] in ("failed", "stale")
        if (kind and source.kind != kind) or (broken and not bad):
            continue
        shown += bad
        age = "" if state["age_days"] is None else f"{state['age_days']} d"
        proven = "unproven" if source.is_unproven else ""
        click.echo(
            f"{key:<26} {state['status']:<7} {state['origin']:<9} {state['observed_at'] or ''!s:<11} {age:>6} {state['rows']:>6} rows  {proven:<9} {source.contract.title}"
        )
        for line in broken_lines(source, state) if broken else [state["message"]] if state["message"] else []:
            click.echo(f"    {line}")
    sys.exit(1 if broken and shown else 0)


@command.command(
    "check",
    epilog="\b\nExamples:\n  deflation sources check\n  deflation sources check --kind rentals\n"
    "  deflation sources check prices/anthropic --save pages\n  deflation sources check --record",
)
@click.argument("keys", nargs=-1, metavar="[KIND/NAME]...")
@click.option("--kind", type=click.Choice(KINDS), help="Only sources of this kind.")
@click.option("--save", type=click.Path(file_okay=False, path_type=Path), help="Put the bodies into this folder, one folder per source.")
@click.option(
    "--record", "keep", is_flag=True, help="Write what was seen to sources/trials/checked.csv, from which docs/sources.md is made."
)
def check(keys: tuple[str, ...], kind: str | None, save: Path | None, keep: bool) -> None:
    """Ask each address once and say what came: rows it would give, and what to do where it gives none.

    Nothing is archived or published. A mirror (DEFLATION_MIRROR) is asked in place of the internet where one is set.

    Exit status: 0 all that were asked gave rows, 1 some did not, 2 wrong usage.
    """
    from pipelines.context import make_fetcher, today
    from pipelines.settings import load_settings
    from sources.catalogue import source, sources
    from sources.fetching.fetch import Limits
    from sources.trials.check import GOOD, OUTCOMES, Checked, record
    from sources.trials.check import check as ask

    try:
        chosen = [source(key) for key in keys] or [s for s in sources().values() if not kind or s.kind == kind]
    except KeyError as error:
        raise click.UsageError(error.args[0]) from error
    settings = load_settings()

    def tell(one: Checked) -> None:
        size = f"{one.rows:>6} rows" if one.rows else " " * 11
        click.echo(f"{one.source:<26} {one.outcome:<15} {size}  {one.url}")
        for line in filter(None, (one.found, one.remedy and f"do: {one.remedy}")):
            click.echo(f"    {click.unstyle(line)[:400]}")

    results = ask(make_fetcher(settings, Limits(attempts=1, attempts_timed_out=1)), chosen, today(), tell=tell, save=save)
    counts = {name: sum(r.outcome == name for r in results) for name in OUTCOMES}
    click.echo("")
    for name, count in counts.items():
        if count:
            click.echo(f"{count:>4} {name:<15} {OUTCOMES[name]}")
    if keep:
        record(results, today(), "mirror" if settings.mirror else "internet")
    sys.exit(0 if all(r.outcome in GOOD for r in results) else 1)


def _decide(prefix: str, reason: str, *, aside: bool) -> None:
    """Set a page aside, or take that back, and say which sources it concerns."""
    from pipelines.context import now
    from pipelines.settings import load_settings
    from sources.fetching.archive import Archive
    from sources.reading.set_aside import SetAside

    settings = load_settings()
    if aside and not reason:
        raise click.UsageError("--set-aside wants --reason: who reads the page list in a year will ask why")
    archive, found = Archive(settings.archive_path), Archive(settings.archive_path).bodies(prefix.lower())
    if len(found) != 1:
        click.echo(
            f"deflation sources: {len(found)} archived pages have a hash that begins with {prefix!r}; give one (deflation sources --broken names them)",
            err=True,
        )
        sys.exit(1)
    SetAside(settings.set_aside_path).decide(found[0], reason, now(settings), aside=aside)
    whose = [
        f"{key} {c.url} of {c.fetched_at:%Y-%m-%d %H:%M}" for key in archive.keys() for c in archive.captures(key) if c.sha256 == found[0]
    ]
    click.echo(f"{'set aside' if aside else 'read again'} from the next run on: {found[0][:12]} ({'; '.join(whose[:5])})")
