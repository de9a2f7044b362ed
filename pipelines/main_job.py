"""One run of the daily job from the command line: the lock, the progress, the summary, the reason of a failure."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.context import make_job, now, today
from pipelines.delivery import deliver_with
from pipelines.operation.logs import logged
from pipelines.operation.notices import after_run
from pipelines.operation.state_format import StateTooNew, hold
from pipelines.settings import Settings, load_settings

if TYPE_CHECKING:
    from warehouse.opened import Published

Tell = Callable[[str], None]
log = logging.getLogger(__name__)


class NotPublished(Exception):
    """The run ended without publishing; the message is one sentence with the reason."""


def run_day(as_of: date | None, *, offline: bool, tell: Tell) -> None:
    """Run the daily job in this process and print its summary. Raises ``NotPublished``."""
    if as_of is not None and as_of > today():
        raise NotPublished(f"--as-of {as_of} is in the future; nothing is known of that day yet")
    settings = load_settings()
    try:
        result = _execute(settings, as_of, offline, tell)
        if not result.success:
            raise NotPublished(_reason(result))
    except NotPublished as error:
        after_run(settings, str(error))
        raise
    after_run(settings)
    _summary(settings, as_of or today(), result, tell)


def _execute(settings: Settings, as_of: date | None, offline: bool, tell: Tell) -> Any:
    """Build the definitions for this run and execute the job, showing progress."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    from sqlalchemy.exc import SQLAlchemyError

    from warehouse.store import WarehouseUnusable

    past = as_of is not None and as_of < today()
    try:
        hold(settings)
        return _executed(settings, as_of, offline, past, tell)
    except (WarehouseUnusable, StateTooNew) as error:
        raise NotPublished(str(error)) from error
    except SQLAlchemyError as error:
        said = str(error.__cause__ or error).splitlines()[0]
        raise NotPublished(f"{settings.home / 'dagster'}: the run cannot be noted ({said}); check free space and permissions") from error


def _executed(settings: Settings, as_of: date | None, offline: bool, past: bool, tell: Tell) -> Any:
    import dagster as dg
    from dagster._core.utils import make_new_run_id

    from pipelines.definitions import build_definitions
    from pipelines.instance import open_instance
    from pipelines.resources import raw_tables
    from sources.reading.parsed import Confined
    from warehouse.store import Store

    run_id = make_new_run_id()
    waiting = Store(settings.warehouse_path, lock_timeout_s=settings.wait_s, on_wait=tell)
    with (
        _progress(tell) as (begin, on_step, on_source),
        waiting.session(raw_tables()) as store,
        closing(Confined()) as read,
        logged(settings, run_id),
    ):
        job = make_job(
            settings,
            as_of,
            offline=offline,
            progress=on_source,
            on_step=on_step,
            deliver=None if past else deliver_with(settings),
            read=read,
        )
        definitions = build_definitions(
            job=dg.ResourceDefinition.hardcoded_resource(job), warehouse=dg.ResourceDefinition.hardcoded_resource(store)
        )
        daily = definitions.resolve_job_def("daily")
        begin(len(daily.nodes))
        with open_instance(settings) as instance, dg.partition_loading_context(effective_dt=now(settings)):
            result = daily.execute_in_process(
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
                partition_key=str(job.as_of),
                tags={"deflation/started_by": "command line"},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        log.log(*((logging.INFO, "published") if result.success else (logging.ERROR, _reason(result))))
        return result


@contextmanager
def _progress(tell: Tell) -> Iterator[tuple[Callable[[int], None], Callable[[str], None], Any]]:
    """A progress bar on a terminal, plain lines otherwise."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:

        def plain_source(outcome: Any, done: int, total: int) -> None:
            tell(f"asked {done}/{total} {outcome.source}: {outcome.kind}")

        def plain_step(name: str) -> None:
            if not name.startswith("raw__"):
                tell(f"done {name.replace('__', '.')}")

        yield (lambda total: tell(f"deflation run: {total} steps")), plain_step, plain_source
        return
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        steps = bar.add_task("starting")

        def on_source(_outcome: Any, done: int, total: int) -> None:
            bar.update(steps, description=f"asking sources {done}/{total}")

        yield (
            (lambda total: bar.update(steps, total=total)),
            (lambda name: bar.update(steps, advance=1, description=name.replace("__", "."))),
            on_source,
        )


def _reason(result: Any) -> str:
    """The first failed blocking check, else the first failed step, in one sentence."""
    for check in result.get_asset_check_evaluations():
        if not check.passed and check.severity.value == "ERROR":
            rows = ", ".join(f"{k}: {v.value}" for k, v in sorted(check.metadata.items()))
            return (
                f"the check {check.check_name!r} on {check.asset_key.to_user_string().replace('/', '.')} does not hold ({rows}); "
                f"what it demands is said in warehouse/sql/checks/{check.check_name}.sql"
            )
    for event in result.all_events:
        if event.is_step_failure:
            error = event.event_specific_data.error
            while error.cause is not None:
                error = error.cause
            return f"{event.step_key.replace('__', '.')} failed: {error.message.strip().splitlines()[0]}"
    return "the job ended without success and named no step"


def _made(result: Any, key: str) -> str:
    """Where an asset of the run says it wrote."""
    import dagster as dg

    made = result.asset_materializations_for_node(key)[-1]
    assert isinstance(made.metadata["path"], dg.TextMetadataValue)
    return str(made.metadata["path"].value)


def _summary(settings: Settings, as_of: date, result: Any, tell: Tell) -> None:
    """The headline, where things are, and which inputs were live, archived or packaged, and how old."""
    from warehouse.store import query

    edition, written = Path(_made(result, "site__edition")), _made(result, "published__warehouse")
    warehouse = settings.published if written == str(settings.published) else Path(written)
    latest = settings.site_path / "latest"
    current = latest.exists() and (latest / "edition.json").read_bytes() == (edition / "edition.json").read_bytes()
    tell("")
    for sentence in headline(settings, edition.name):
        tell(sentence)
    tell(f"report     {(latest if current else edition) / 'index.html'}")
    tell(f'warehouse  {warehouse}   (deflation query "from marts.start_here")')
    if warehouse != settings.published:
        tell(f"           a newer vintage stays in {settings.published}")
    for sentence in _of_which_day(warehouse):
        tell(sentence)
    health = query(
        warehouse,
        """
        select case when status = 'failed' then 'failed' else origin end as state, count(*) as sources,
               max(age_days) as oldest_days, string_agg(source, ', ' order by source) as names
        from marts.data_health group by 1 order by 1""",
    )
    for row in health.iter_rows(named=True):
        age = "" if row["oldest_days"] is None else f", oldest {row['oldest_days']} days"
        names = row["names"] if len(row["names"]) < 90 else row["names"][:87] + "..."
        tell(f"inputs     {row['state']:<9} {row['sources']:>3} sources{age}: {names}")
    newest = query(warehouse, "select max(observed_at) as day, count(*) as rows from marts.price_history where origin = 'packaged'").row(0)
    if newest[1]:
        tell(
            f"inputs     packaged price history: {newest[1]} intervals, newest observation {newest[0]} ({(as_of - newest[0]).days} days old)"
        )


def _of_which_day(warehouse: Published) -> list[str]:
    """How old the newest price is where it is not of today, whose word today is, and what of the kept state is damaged."""
    from warehouse.store import query

    day = query(warehouse, "from core.edition_day").row(0, named=True)
    days = "1 day" if day["age_days"] == 1 else f"{day['age_days']} days"
    told = [f"measured   up to {day['as_of']}: no price was seen since, {days} before this run"] if day["age_days"] else []
    told += (
        ["           no price is called in force any more"] if query(warehouse, "select count(*) from marts.price_now").item() == 0 else []
    )
    told += [f"clock      {day['clock']}"] if day["clock"] != "system" else []
    return told + [f"damaged    {name}: {said}" for name, said in query(warehouse, "from core.damage").rows()]


def headline(settings: Settings, edition_id: str) -> list[str]:
    """The headline of one edition, and how fresh it is."""
    from reports import questions
    from reports.facts import FactBook
    from reports.site import site

    book = FactBook(site.load(settings.site_path, edition_id))
    return [str(questions.headline(book)), str(questions.seen(book)), ""]


if __name__ == "__main__":
    run_day(None, offline="--offline" in sys.argv, tell=print)
