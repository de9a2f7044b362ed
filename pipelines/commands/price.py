"""Say what a request costs, at which provider, and from which page that is known."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click

from pipelines.tokens import TOKENS


@click.command(
    epilog="\b\nExamples:\n  deflation price gpt-4o --input 300M --output 50M\n  deflation price claude-sonnet-4-5 --provider anthropic --input 250000 --output 2000\n"
    "  deflation price deepseek-v4-pro --input 10000 --output 1000 --at 2026-09-01T02:30\n"
    "  deflation price gpt-5 --input 8000 --cached 6000 --output 500 --tier batch"
)
@click.argument("model")
@click.option("--provider", help="Only this provider (default: all that sell it, cheapest first).")
@click.option("--at", "at", help="Moment of the request, ISO 8601, UTC unless it names its zone (default: the vintage day, noon UTC).")
@click.option("--input", "input_tokens", type=TOKENS, required=True, help="Tokens of the prompt, cached ones included: 2000, 50k, 300M.")
@click.option("--output", "output_tokens", type=TOKENS, required=True, help="Tokens of the answer.")
@click.option("--cached", "cached_tokens", type=TOKENS, default=0, help="How many of the prompt's tokens come from the cache.")
@click.option(
    "--tier",
    default="standard",
    show_default=True,
    help="standard (by the hour where hours matter), batch, flex, priority, fast, peak, off-peak, free.",
)
@click.option("--condition", default="", help="Another way of buying it, as printed: 'region eu', 'thinking'.")
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", show_default=True)
def command(
    model: str,
    provider: str | None,
    at: str | None,
    input_tokens: int,
    output_tokens: int,
    cached_tokens: int,
    tier: str,
    condition: str,
    form: str,
) -> None:
    """Compute what a request to MODEL costs in USD, with the interval, tier, condition and evidence used.

    MODEL is any name that the alias table knows; a name it does not know is answered with near names.
    A component whose price is not known makes the total unknown; where the seller also charges for searches, requests,
    reasoning or citations, the total is a lower bound and those meters are named. Nothing is guessed. Each price comes with
    its status (first_party, confirmed by two independent families, single), its last sighting, and who says otherwise.

    Exit status: 0 at least one total is known, 1 no price answers (the reason is printed), 2 wrong usage.
    """
    import reference
    from belief import request_cost
    from sources.pages.quote import TIERS
    from warehouse.store import WarehouseUnusable

    if tier not in TIERS:
        raise click.UsageError(f"there is no tier {tier!r}; tiers are {', '.join(sorted(TIERS))}")
    try:
        published = _published()
        day, intervals = published["day"], published["intervals"]
        moment = _moment(at, day)
        request = request_cost.Request(input_tokens, output_tokens, cached_tokens, tier, moment, condition)
        aliases = reference.at("model_aliases", day)
        rows = _offers(model, provider, moment, intervals, aliases)
        found = request_cost.costs(rows, request)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except (WarehouseUnusable, request_cost.NoPrice) as error:
        click.echo(f"deflation price: {error}", err=True)
        sys.exit(1)
    if moment.date() > day:
        click.echo(f"the vintage is of {day}: prices of that day are used for {moment:%Y-%m-%d}", err=True)
    if form == "csv":
        click.echo(_csv(found), nl=False)
    elif len(found) == 1:
        row = found[0].interval
        said = request_cost.announced(published["announced"], row["provider"], row["model"], aliases, moment, published["last_read"])
        click.echo("\n".join(_detail(found[0], request, [*_otherwise(published["disagreements"], row), *said], published["meters"])))
    else:
        click.echo("\n".join(_table(found, request, published["meters"])))
    sys.exit(0 if any(c.usd is not None for c in found) else 1)


TABLES = {
    "intervals": "core.price_interval",
    "announced": "core.announced_price",
    "meters": "core.price_meter",
    "disagreements": "core.disagreement",
}


def _published() -> dict[str, Any]:
    """What the newest publication says: its day, believed intervals, announcements, meters, disagreements, last readings.

    Before the first run there is nothing published: then the prices packaged with the project are weighed as a run would.
    """
    from pipelines.settings import load_settings
    from warehouse.publish import published_at
    from warehouse.store import query

    published = load_settings().published
    if published_at(published) is None:
        return _packaged()
    return {
        "day": query(published, "select as_of from core.vintage").item(),
        "last_read": query(published, "select source, observed_at from core.source"),
    } | {name: query(published, f"from {table}") for name, table in TABLES.items()}


def _otherwise(disagreements: Any, row: dict[str, Any]) -> list[str]:
    """Who says another price of this offer today, one sentence each."""
    import polars as pl

    other = disagreements.filter(pl.all_horizontal(pl.col(k) == row[k] for k in ("provider", "model", "tier", "condition")))
    return [
        f"{r['other_source']} says {r['other_usd_per_mtok']:g} for {r['token_class'].replace('_', ' ')} ({r['difference_share']:+.0%}) since {r['valid_from']}; {r['reason']}"
        for r in other.sort("token_class", "other_source").iter_rows(named=True)
    ]


def _sure(row: dict[str, Any]) -> str:
    """How sure the price is, when it was last seen, and how exactly its start is known."""
    names = {
        "first_party": "the seller's own page says so",
        "confirmed": f"{row['families']} independent families of sources say so",
        "single": "one family of sources says so",
    }
    began = (
        f"began between {row['changed_after'] or 'an unknown day'} and {row['changed_before']}"
        if row["changed_before"]
        else f"began on {row['valid_from']}"
    )
    return f"{row['status']}: {names.get(row['status'], '')}; last seen {row['confirmed_at']}; {began}"


def _packaged() -> dict[str, Any]:
    """The same from the packaged price history alone, believed as of the current day."""
    import polars as pl

    from belief import prices
    from pipelines.context import today
    from sources.captures import quote_schema
    from sources.catalogue import sources
    from warehouse.schema import frames

    day = today()
    built = prices.build(pl.DataFrame(schema=quote_schema("prices")), frames.empty("raw.reading"), sources(), day)
    click.echo("no run has published yet: prices packaged with the project are used (deflation run reads the current ones)", err=True)
    never = pl.DataFrame(schema={"source": pl.String, "observed_at": pl.Date})
    return {"day": day, "last_read": never} | {name: built[table] for name, table in TABLES.items()}


def _moment(text: str | None, day: Any) -> datetime:
    """The moment asked for, in UTC where it names no zone; raises ``ValueError``."""
    from datetime import UTC, time

    if text is None:
        return datetime.combine(day, time(12), tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"--at {text!r} is no ISO 8601 moment, for example 2026-09-01T02:30 or 2026-09-01T10:30+08:00") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _offers(name: str, provider: str | None, moment: datetime, intervals: Any, aliases: Any) -> Any:
    """The intervals of the model ``name`` means at each provider; raises ``NoPrice`` with near names."""
    import polars as pl

    from belief.request_cost import NoPrice, canonical_models, near_names

    providers = intervals["provider"].unique().sort().to_list()
    if provider is not None and provider not in providers:
        raise NoPrice(
            f"there is no provider {provider!r}; near names: {', '.join(near_names(provider, providers)) or ', '.join(providers[:12])}"
        )
    meant = canonical_models(name, providers, moment.date(), aliases)
    pairs = pl.DataFrame([(p, meant.get(p, meant.get("*", name.lower()))) for p in providers], schema=["provider", "model"], orient="row")
    rows = intervals.join(pairs, on=["provider", "model"], how="semi")
    if rows.is_empty():
        known = f"{name} is {meant['*']}, which no provider here prices" if meant.get("*") else f"no model is known as {name!r}"
        names = aliases.filter(pl.col("model").is_in(intervals["model"].unique().implode()))["alias"]
        near = near_names(name, names)
        raise NoPrice(known + (f"; near names: {', '.join(near)}" if near else ""))
    if provider is None:
        return rows
    own = rows.filter(pl.col("provider") == provider)
    if own.is_empty():
        raise NoPrice(f"{provider} does not sell {name}; these do: {', '.join(rows['provider'].unique().sort())}")
    return own


def _money(usd: Any) -> str:
    return "unknown" if usd is None else f"{usd:.6f}"


def _asked(request: Any) -> str:
    cached = f" ({request.cached_tokens:,} of them cached)" if request.cached_tokens else ""
    return f"{request.input_tokens:,} tokens in{cached}, {request.output_tokens:,} out, at {request.at:%Y-%m-%d %H:%M} UTC"


def _detail(cost: Any, request: Any, announced: list[str], meters: Any) -> list[str]:
    """One offer in full: the lines, what they lack, how sure it is, the interval, the words it was read from."""
    from belief.meters import missing

    row = cost.interval
    lacks, optional = missing(meters, row["provider"], row["model"], request.at.date())
    least = "at least " if lacks and cost.usd is not None else ""
    lines = [f"{row['provider']} {row['model']}: {least}{_money(cost.usd)} USD for {_asked(request)}"]
    for line in cost.lines:
        price = "no price known" if line.usd_per_mtok is None else f"{line.usd_per_mtok.normalize():f} USD per 1M tokens"
        lines.append(f"  {line.component:<13}{line.tokens:>12,} tokens  {price:<28}{_money(line.usd):>14}")
    lines += [f"  not in the total: {meter}" for meter in lacks] + [f"  charged besides where used: {meter}" for meter in optional]
    until = f"until {row['valid_to']}{' (announced)' if row['end_reason'] == 'announced' else ''}" if row["valid_to"] else "still in force"
    lines.append(f"  {_sure(row)}")
    lines.append(
        f"  tier {row['tier']}; condition {row['condition'] or 'none'}; listed in {row['currency']}{_listed(row)}{'; a sale price' if row['price_kind'] == 'sale' else ''}"
    )
    lines.append(
        f"  interval {row['interval_id']}: from {row['valid_from']} ({row['valid_from_basis']}), {until}; printed as {row['model_label']}"
    )
    lines.append(f"  source {row['source']}, observed {row['observed_at']}: {row['source_url']}")
    lines.append(f"  words on the page: {row['evidence']}" if row["evidence"] else "  words on the page: not kept (packaged history)")
    return [*lines, *(f"  note: {note}" for note in (*cost.notes, *announced))]


def _listed(row: dict[str, Any]) -> str:
    """The figures of a list in another currency, as listed."""
    figures = [(row.get(f"listed_{c}_per_mtok"), c) for c in ("input", "output")]
    told = ", ".join(f"{figure:g} {name}" for figure, name in figures if figure is not None)
    return f" ({told} per 1M tokens)" if told else ""


def _table(found: list[Any], request: Any, meters: Any) -> list[str]:
    """Several offers, cheapest first, each with how sure it is and where it is known from; + marks a lower bound."""
    from belief.meters import missing

    lines = [
        f"{_asked(request)}; USD, cheapest first",
        f"{'provider':<14}{'USD':>12}  {'tier':<9}{'in':>9}{'cached':>9}{'out':>9}  {'condition':<24}{'status':<12}{'seen':<11}{'source':<20}model",
    ]
    for cost in found:
        row = cost.interval
        prices = "".join(
            f"{'-' if row[c] is None else format(row[c], '.6g'):>9}"
            for c in ("price_input_usd_per_mtok", "price_cached_input_usd_per_mtok", "price_output_usd_per_mtok")
        )
        more = "+" if missing(meters, row["provider"], row["model"], request.at.date())[0] else " "
        lines.append(
            f"{row['provider']:<14}{_money(cost.usd):>12}{more} {row['tier']:<9}{prices}  {row['condition']:<24}{row['status']:<12}{row['confirmed_at']!s:<11}{row['source']:<20}{row['model']}"
        )
    unknown = [c.interval["provider"] for c in found if c.usd is None]
    if unknown:
        lines.append(f"unknown where a component has no known price ({', '.join(sorted(set(unknown)))}); --provider shows which")
    if any(line.split()[1].endswith("+") for line in lines[2:] if len(line.split()) > 1):
        lines.append("+ at least: the seller also charges for searches, requests or other meters")
    return [*lines, "--provider NAME shows the interval and the words of one."]


def _csv(found: list[Any]) -> str:
    import polars as pl

    columns = (
        "provider",
        "model",
        "tier",
        "condition",
        *(f"price_{c}_usd_per_mtok" for c in ("input", "cached_input", "output")),
        "valid_from",
        "valid_to",
        "valid_from_basis",
        "status",
        "confirmed_at",
        "changed_after",
        "changed_before",
        "observed_at",
        "source",
        "source_url",
        "evidence",
        "interval_id",
    )
    rows = [
        {"cost_usd": None if c.usd is None else f"{c.usd:f}", "missing": "; ".join(c.missing), "notes": " ".join(c.notes)}
        | {k: c.interval[k] for k in columns}
        for c in found
    ]
    return pl.DataFrame(rows, infer_schema_length=None).write_csv()
