"""Columns that hold one of a few words: the words, what each means, and where they stand.

The dictionary and the catalogue's comments print them; ``marts.dictionary`` says after every run what stands in a column
without being declared here, and the check ``values_are_declared`` tells it. An empty text means that nothing is stated.
Belongs here: closed lists. Not here: names of models, sellers, accelerators, sources and benchmarks, which grow by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The words that ``places`` (``schema.table.column``) may hold, each with its meaning."""

    meanings: dict[str, str]
    places: tuple[str, ...]


def _words(where: str, **meanings: str) -> Enumeration:
    return Enumeration({name.strip("_"): text for name, text in meanings.items()}, tuple(where.split()))


def _plain(where: str, meanings: dict[str, str]) -> Enumeration:
    return Enumeration(meanings, tuple(where.split()))


_PRICES = "core.price_interval marts.price_history marts.price_now"


def _at(column: str, tables: str = _PRICES) -> str:
    return " ".join(f"{name}.{column}" for name in tables.split())


_BASIS = {
    "quoted": "as the source prints it",
    "derived": "computed from what sources print",
    "assumed": "chosen by us, with the reason beside it",
    "official": "the maker's own figure",
    "secondary": "a database's or a reviewer's figure",
}
_STATED = "core.application core.assumption core.benchmark core.electricity core.energy_measured core.exchange_rate core.listed_quote core.model core.ownership_cost core.pue core.quantization_quality core.quantization_speedup core.rental_price core.rental_believed core.score core.software_release core.speculative_decoding core.token_volume core.user_speed core.accelerators core.architectures core.spec_history core.model_alias marts.floor_assumptions marts.decomposition marts.wrapper_margin marts.electricity marts.quantization_quality facts.fact"
_FORECASTERS = {
    "combination": "the weighted mean of the others",
    "drift": "last price with the past mean change",
    "farmer_lafond": "geometric random walk with drift and correlated noise (Farmer and Lafond 2016)",
    "no_change": "the last price, with the spread of past changes",
    "ols_trend": "straight line through the logs",
    "random_walk": "the last price with growing spread",
    "repricing_mixture": "a price stays or is set anew; how often and how far as in the past",
    "ten_times_rule": "ten times cheaper every year",
}
_FLOORS = {"gpu_hour": "rent of the accelerators", "energy": "electricity alone"}
_LAYERS = "core.price_event marts.price_events"
_TESTS = {
    "accelerating": "falls faster than before",
    "decelerating": "falls slower than before",
    "no evidence": "the test does not tell the two apart",
}

ENUMERATIONS: tuple[Enumeration, ...] = (
    # who sells, and how sure a price is
    _plain(
        _at("provider_tier", _PRICES + " marts.quality_price"),
        {
            "first_party": "the maker's own API",
            "host": "sells models of others on its own machines",
            "cloud": "a general cloud that sells models of others",
            "gateway": "passes requests on under its own terms; not counted by the index",
            "resale": "resells another's offer; not counted by the index",
        },
    ),
    _plain(
        "core.input_price.provider_tier core.series.provider_tier stats.frontier_price.provider_tier",
        {
            "all": "every seller of models",
            "first_party": "the makers' own APIs",
            "host": "all but the makers",
            "open_weights": "models whose weights can be downloaded",
        },
    ),
    _words(
        _at("status", _PRICES + " marts.quality_price marts.frontier marts.fixed_quality marts.task_price core.input_price"),
        first_party="the seller's own page says so",
        confirmed="two independent families within 45 days",
        single="one family of sources",
        stale="not seen again within its life",
        held="waits for a second family",
    ),
    _plain(
        _at(
            "tier",
            _PRICES
            + " core.price_witness core.price_event marts.price_events core.disagreement marts.disagreements core.quarantine marts.quarantine",
        ),
        {
            "standard": "answered at once, at the list's normal price",
            "batch": "answered within a day",
            "flex": "answered when there is room",
            "priority": "answered first",
            "fast": "answered faster, dearer",
            "peak": "in the seller's busy hours",
            "off-peak": "outside the seller's busy hours",
            "free": "without charge, with limits",
            "": "the event is not of one tier",
        },
    ),
    _plain(
        _at("end_reason", "core.price_interval marts.price_history core.price_witness"),
        {
            "": "still in force",
            "changed": "another price followed",
            "declared": "the seller named its last day",
            "ended": "its own last day came",
            "announced": "its last day is still to come",
            "removed": "the source dropped it",
            "renamed": "the label moved on to another model",
            "replaced": "the source's next statement lacks it",
            "outweighed": "newer evidence of others says something else",
            "retired": "the day its seller named for the model's end",
            "stale": "not seen again",
            "unobserved": "nobody looks there any more",
            "unwatched": "nobody looked there from this day on",
            "point": "one look at one day, nothing before or after",
            "alias": "the label began to mean another model",
        },
    ),
    _words(
        _at("valid_from_basis", _PRICES + " core.price_witness"),
        declared="the seller named the day",
        observed="the first day it was seen",
        commit="the day a tracker recorded it",
        launch="the model's first day",
        open="in force before anybody looked",
        alias="the day the label began to mean this model",
    ),
    _words(
        _at("origin", _PRICES + " core.price_witness core.source marts.data_health"),
        live="read in this run",
        archive="the last good capture",
        packaged="facts shipped with the project",
        _="nothing was read",
    ),
    _plain(
        _at("price_kind", _PRICES + " core.price_witness"),
        {"list": "a list price", "sale": "with an announced end", "": "the source does not say"},
    ),
    _words(
        _at("kind", _LAYERS),
        cut="the price fell",
        rise="the price rose",
        new="an offer began",
        withdrawn="an offer ended",
        correction="one source's clean-up of many prices at once",
    ),
    _words(
        _at("status", _LAYERS),
        first_party="the seller's own page shows it",
        confirmed="two independent families saw it",
        declared="the seller said so beforehand",
        unconfirmed="one tracker recorded it",
        held="waits for a second family",
        correction="a source corrected itself",
    ),
    _words(
        _at("token_class", _LAYERS + " core.disagreement marts.disagreements core.quarantine marts.quarantine"),
        input="tokens sent",
        cached_input="tokens sent that the seller remembers",
        output="tokens received",
        _="the whole offer",
    ),
    # sources
    _words(
        "core.source.kind marts.data_health.kind",
        prices="prices of tokens",
        hardware="specifications of accelerators",
        rentals="prices of rented accelerators",
        energy="electricity",
        retirements="ends of models",
        scores="benchmark scores",
        volumes="tokens served",
    ),
    _words(
        "core.source.status marts.data_health.status raw.reading.status",
        ok="read in this run, all of it understood",
        partial="read, but not all of it",
        stale="answers with old content",
        failed="asked, and nothing could be read",
        absent="not asked, and nothing kept",
        packaged="not asked; packaged facts stand in",
    ),
    _words(
        "core.source.source_rank",
        first_party="who sells or makes it",
        host="a host's own page",
        feed="a tracker of others' prices",
        official="the maker's sheet",
        secondary="a database of others' figures",
    ),
    _words(
        "core.retirement.status",
        retired="the end came",
        announced="the end is named",
        earliest="not before this day",
        deprecated="no day is named",
    ),
    _plain(_at("basis", _STATED), _BASIS),
    _plain("core.edition_day.clock", {"system": "the machine's clock", "DEFLATION_NOW": "the setting of that name"}),
    # rents
    _words(
        _at("term", "core.rental_price core.rental_believed marts.rental_now marts.rental_index marts.rental_summary marts.rental_breaks"),
        on_demand="by the hour",
        spot="may be taken back",
        mixed="on demand and spot together",
        unstated="the source does not say",
        reserved="for a stated time",
        reserved_1yr="for a year",
        reserved_3yr="for three years",
    ),
    _words(
        "core.rental_price.provider_kind core.rental_believed.provider_kind",
        cloud="sells its own machines",
        marketplace="sells machines of many owners",
    ),
    _words("marts.rental_now.status marts.rental_summary.status", current="seen within the month", stale="seen longer ago"),
    _words(
        "marts.rental_index.seller_family",
        hyperscaler="the general clouds",
        marketplace="machines of many owners",
        neocloud="clouds built for accelerators",
    ),
    # engine and floors
    _plain(
        _at("bound", "marts.throughput marts.hardware_league engine.serving engine.league engine.latency"),
        {
            "weights": "reading the weights",
            "kv": "reading the attention cache",
            "compute": "arithmetic",
            "latency": "fixed time of a step and of the links",
            "memory capacity": "room for requests",
        },
    ),
    _plain(
        _at("floor_kind", "marts.floors marts.model_floors marts.meeting_dates core.input_floor stats.series_floor stats.meeting_date")
        + " stats.binding_constraint.constraint",
        _FLOORS,
    ),
    _plain(
        "marts.model_floors.boundary marts.energy_check.boundary engine.check_energy.boundary",
        {
            "gpu_only": "the accelerators alone",
            "system": "the whole server",
            "wall": "with cooling and losses",
            "rented hour": "what an hour costs",
        },
    ),
    _words("marts.latency_league.evidence", engine="computed by the engine", published="measured and published by others"),
    # statistics
    _plain(
        _at(
            "model",
            "marts.forecasts marts.past_forecasts marts.champion_forecasts marts.track_record marts.pit core.issued_forecast stats.forecast stats.pit",
        ),
        _FORECASTERS,
    ),
    _words(
        "marts.events.event stats.event_probability.event",
        halves="at most half of the last price",
        new_low="below every price so far",
        rises="above the last price",
    ),
    _plain("marts.acceleration.verdict stats.acceleration.direction", _TESTS),
    _words(
        "marts.claims.verdict stats.claims.verdict",
        supported="the measurement agrees",
        partly="in part, or not everywhere",
        contradicted="the measurement says otherwise",
    ),
    _plain(
        "marts.break_even.verdict stats.break_even.verdict",
        {"api": "buying is cheaper at any volume", "self-hosting": "own machines are cheaper", "depends": "on the volume"},
    ),
    _plain(
        "marts.viability.verdict stats.viability.verdict",
        {
            "viable now": "pays at a listed price",
            "expected": "pays on the forecast within a year",
            "uncertain": "pays on the forecast, later than in a year",
            "not within the horizon": "not within the forecast",
        },
    ),
    _plain(
        "marts.decomposition.component",
        {
            "energy": "electricity",
            "markup": "price over rent",
            "model substitution": "another model took over",
            "not attributed": "what is left",
            "rental": "rent of accelerators",
            "throughput": "tokens per accelerator",
            "utilisation": "share of hours sold",
        },
    ),
    _words(
        "marts.revision.cause",
        code="the program changed",
        new_prices="prices that were new",
        new_scores="scores that were new",
        revised_prices="old prices read otherwise",
        passage_of_time="the day moved on",
        re_estimation="the model was fitted anew",
    ),
    _words(
        "marts.headline_methods.status stats.headline_method.status",
        final="its year is over",
        preliminary="its last month may still change",
    ),
    _words("marts.token_index.status stats.token_index.status", final="not changed any more", preliminary="may still change"),
    _words(
        "facts.lineage.kind",
        build="the run",
        query="the SQL of the number",
        table="a table the query reads",
        price="a price interval",
        source="who says so",
    ),
)
"""Every closed list. A new word is declared here before it is written."""

OF: dict[str, dict[str, str]] = {place: e.meanings for e in ENUMERATIONS for place in e.places}
"""``schema.table.column`` -> its words."""

EMPTY_UNTIL: dict[str, str] = {
    "core.source.age_days": "a source is asked over the network",
    "core.source.observed_at": "a source is asked over the network",
    "marts.data_health.age_days": "a source is asked over the network",
    "marts.data_health.observed_at": "a source is asked over the network",
    "facts.lineage.snapshot_sha256": "a page is captured here",
    "marts.rental_summary.change_share": "one unbroken chain of rents holds thirteen months",
}
"""Columns that may hold nothing in a build with rows, until the event named; any other column without a value is a fault."""


def values_of(place: str) -> str:
    """The words of a column with their meanings in one line; empty for a column that is no enumeration."""
    return "; ".join(f"{value or '(empty)'}: {text}" for value, text in OF.get(place, {}).items())
