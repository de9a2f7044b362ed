"""Every table of the warehouse: what one row is, its columns in order, its key.

``raw`` holds what was read, ``core`` the joined and believed facts, ``stats`` and ``engine`` what the two
libraries computed, ``marts`` what readers query, ``facts`` every number of the report. The columns'
meanings are in ``columns.py``. One raw table per source appears by discovery: its name is derived from the
source's key, its shape from the source's kind.
"""

from __future__ import annotations

from warehouse.schema.engine import ENGINE
from warehouse.schema.marts import MARTS
from warehouse.schema.packaged import PACKAGED
from warehouse.schema.stats import STATS
from warehouse.schema.types import Table, declare

PRICES = "price_input_usd_per_mtok price_output_usd_per_mtok price_cached_input_usd_per_mtok"
INTERVAL = (
    "provider model tier condition model_label currency "
    + PRICES
    + " price_cache_write_usd_per_mtok price_cache_write_1h_usd_per_mtok valid_from valid_to valid_from_basis end_reason"
    " observed_at closed_observed_at source source_ref source_url licence witness rank origin evidence"
    " snapshot_sha256 quote_id confirmed_at price_kind listed_input_per_mtok listed_output_per_mtok"
)
PRICE_EVENT = "event_date kind provider model tier condition token_class price_before_usd_per_mtok price_after_usd_per_mtok change_share status changed_after changed_before seen_on families why evidence source source_url snapshot_sha256"
BELIEF = "status confirmed_at first_seen changed_after changed_before families"
CAPTURE = "quote_id source snapshot_sha256 source_url fetched_at observed_at confirmed_at gone_at"

RAW_SHAPES = {
    "prices": Table(
        "raw.prices",
        "one printed price with the words it was read from",
        tuple(
            (
                CAPTURE + " model_label component value_text unit currency evidence locator tier condition status"
                " effective_from effective_to region model_id provider value wide_row"
            ).split()
        ),
        ("quote_id",),
        "prices",
    ),
    "hardware": Table(
        "raw.hardware",
        "one printed specification with the words it was read from",
        tuple((CAPTURE + " accelerator field value_text unit evidence locator qualifier basis value").split()),
        ("quote_id",),
        "hardware",
    ),
    "rentals": Table(
        "raw.rentals",
        "one printed rental offer with the words it was read from",
        tuple(
            (
                CAPTURE + " provider accelerator value_text evidence locator currency term sku region value"
                " accelerators_in_offer effective_from left_out"
            ).split()
        ),
        ("quote_id",),
        "rentals",
    ),
    "retirements": Table(
        "raw.retirements",
        "one maker's statement that a model ends",
        tuple((CAPTURE + " provider model_label retired_on announced_on replacement status value_text evidence locator").split()),
        ("quote_id",),
        "retirements",
    ),
    "energy": Table(
        "raw.energy",
        "one printed energy figure with the words it was read from",
        tuple((CAPTURE + " quantity subject period value_text unit evidence locator qualifier value").split()),
        ("quote_id",),
        "energy",
    ),
    "scores": Table(
        "raw.scores",
        "one printed score with the words it was read from",
        tuple(
            (
                CAPTURE + " model_label benchmark value_text unit measurer evidence locator benchmark_version effort lower_text upper_text"
                " count_text cost_text measured_on value"
            ).split()
        ),
        ("quote_id",),
        "scores",
    ),
    "volumes": Table(
        "raw.volumes",
        "one printed figure of what a gateway served with the words it was read from",
        tuple((CAPTURE + " model_label measure period value_text unit evidence locator value period_days").split()),
        ("quote_id",),
        "volumes",
    ),
}


def raw_name(source_key: str) -> str:
    """The raw table of a source: ``prices/anthropic`` -> ``raw.prices_anthropic``."""
    return "raw." + source_key.replace("/", "_").replace("-", "_").replace(".", "_")


ASKED = "model provider tier condition valid_from interval_id"
"""Prices lie by model, seller and day: the questions readers ask."""

DECLARED = (
    declare(
        "raw.capture",
        "one address of one source in this run: what came of asking it (fetched, unchanged, not_due, failed, offline)",
        "source source_url status message sha256 fetched_at",
        "source source_url",
    ),
    declare(
        "raw.reading",
        "one source: what reading its captures up to the vintage day gave",
        "source kind status origin observed_at age_days rows left_out_count message parser_version",
        "source",
    ),
    declare(
        "raw.left_out",
        "one entry, block or amount of the newest good captures that was not understood: not read, but counted and named",
        "source source_url snapshot_sha256 observed_at extent subject reason locator evidence",
    ),
    declare(
        "core.damage", "one file of kept state that is not as it was written: what is lost and what to do", "subject reason", "subject"
    ),
    declare(
        "core.edition_day",
        "one row: the day of the run, the last day a price was seen (the vintage day: nothing is measured beyond it), and the days between",
        "edition_day as_of age_days clock",
        "edition_day",
    ),
    declare(
        "core.vintage",
        "one row: the day this build speaks of, its id and the code it was made with",
        "as_of build_id code_version",
        "as_of",
    ),
    declare(
        "core.definition",
        "one definition of this project: a scale, threshold, mix, speed, use or period, with the reason for its value",
        "definition_id value value_low value_high text_value unit reason source",
        "definition_id",
    ),
    declare(
        "core.source",
        "one source: its contract, whether it was read live, from the archive or not, its age and problems",
        "source kind title publisher source_rank cadence_days terms witness url status origin observed_at age_days rows left_out_count message parser_version is_unproven",
        "source",
    ),
    declare(
        "core.price_witness",
        "one interval one witness stated for one offer; witnesses may contradict one another",
        "interval_id " + INTERVAL,
        "interval_id",
        ASKED,
    ),
    declare(
        "core.price_interval",
        "one believed price interval of one offer",
        "interval_id offer_id developer family open_weights provider_tier "
        + INTERVAL
        + " status first_seen families changed_after changed_before",
        "interval_id",
        ASKED,
    ),
    declare(
        "core.price_event",
        "one move of one price of the last month: confirmed, declared, unconfirmed, held, or one line for a source's clean-up",
        PRICE_EVENT,
        "seen_on kind provider model tier condition token_class source",
        window=("seen_on", 31),
    ),
    declare(
        "core.retirement",
        "one name that its seller ends on a day, as the seller's own page says",
        "provider model_label retired_on replacement status source source_url observed_at",
        "provider model_label",
    ),
    declare(
        "core.price_meter",
        "one meter beside input, output and cached tokens that one source says an offer has",
        "provider model component value unit currency observed_at source source_url",
        "provider model component unit source",
    ),
    declare(
        "core.quarantine",
        "one price held back, with the reason; the old one stays",
        "provider model tier condition token_class price_kept_usd_per_mtok price_refused_usd_per_mtok reason observed_at source evidence",
        "provider model tier condition token_class source",
    ),
    declare(
        "core.disagreement",
        "one other witness that says something else today",
        "provider model tier condition token_class believed_source believed_usd_per_mtok other_source other_usd_per_mtok difference_share valid_from reason",
        "provider model tier condition token_class other_source",
    ),
    declare(
        "core.unmapped_label",
        "one printed model name that no alias maps to a canonical model",
        "provider model_label source n",
        "provider model_label source",
    ),
    declare(
        "core.announced_price",
        "one price a page announced for a later day; not in force until a page confirms it",
        "provider model_label tier condition component value currency unit effective_from effective_to observed_at source evidence quote_id",
        "quote_id",
    ),
    declare(
        "core.input_price",
        "one price interval as the statistics take it",
        "offer_id model provider provider_tier price_input_usd_per_mtok"
        " price_output_usd_per_mtok price_cached_usd_per_mtok valid_from valid_to changed_after changed_before status observed_at source interval_id",
        "interval_id",
    ),
    declare(
        "core.input_score",
        "one score as the statistics take it",
        "model benchmark benchmark_version score as_of source",
        "model benchmark benchmark_version",
    ),
    declare("core.input_model", "one model as the statistics take it", "model developer family release_date open_weights", "model"),
    declare(
        "core.input_tokens",
        "output tokens of one task as the statistics take them",
        "model benchmark tokens_output_per_task as_of source",
        "model benchmark",
    ),
    declare(
        "core.series",
        "one frontier series and the name readers see",
        "series_id scale threshold_score series is_headline provider_tier blend",
        "series_id",
    ),
    declare(
        "core.hourly",
        "what one accelerator costs by the hour at the vintage day, and how that is known",
        "accelerator usd_per_accelerator_hour low_usd_per_accelerator_hour high_usd_per_accelerator_hour n rental_date basis",
        "accelerator",
    ),
    declare(
        "core.energy_price",
        "electricity price and PUE of the vintage day with their ranges",
        "usd_per_kwh low_usd_per_kwh high_usd_per_kwh pue low_pue high_pue observed_at basis",
        "observed_at",
    ),
    declare(
        "core.input_cost",
        "the headline price on one day with what is known of its cost",
        "series_id period_day model price_usd_per_mtok rental_usd_per_hour throughput_tok_per_s utilisation_share energy_usd_per_mtok",
        "series_id period_day",
    ),
    declare("core.input_claim", "what the engine measures of one claim", "claim_id value low high basis", "claim_id"),
    declare(
        "core.input_engine",
        "one model on one accelerator as the consequences take it",
        "model accelerator rental_usd_per_hour accelerators_count throughput_tok_per_s",
        "model accelerator",
    ),
    declare(
        "marts.spec_disagreements",
        "one specification on which a database, or an earlier official page, differs",
        "accelerator vendor field unit official epoch evokernel gpuhunt used used_source used_basis versions history disagree",
        "accelerator field",
    ),
    declare(
        "marts.throughput",
        "the best way to serve one open model on one accelerator in one weight format at one interactivity",
        "model canonical_model accelerator vendor precision service_level_tok_s_per_user accelerators tensor_parallel data_parallel pipeline_parallel isl osl batch"
        " throughput_tok_per_s throughput_lower_tok_per_s throughput_upper_tok_per_s user_tok_per_s ttft_ms tpot_ms cost_usd_per_mtok cost_input_usd_per_mtok"
        " cost_output_usd_per_mtok energy_j_per_token energy_j_per_input_token energy_j_per_output_token power_w bound mbu_share mfu_share",
        "model accelerator precision service_level_tok_s_per_user",
    ),
    declare(
        "marts.bandwidth_ceiling",
        "the memory-bandwidth ceiling of one accelerator for 70 billion 8-bit weights",
        "accelerator vendor launch_date bandwidth_gb_per_s ceiling_tok_per_s bandwidth_bytes_per_j flop_per_byte_ratio",
        "accelerator",
    ),
    declare(
        "stats.series_floor",
        "floor of one frontier series: its cheapest model that reaches the threshold, by kind",
        "series_id floor_kind model low_usd_per_mtok mode_usd_per_mtok high_usd_per_mtok cost_factor_low_per_year cost_factor_mode_per_year cost_factor_high_per_year"
        " forecast_bound_usd_per_mtok",
        "series_id floor_kind",
    ),
    declare(
        "core.input_floor",
        "floor of one model on its cheapest accelerator, by kind, with its own trend",
        "model floor_kind accelerator low_usd_per_mtok mode_usd_per_mtok high_usd_per_mtok cost_factor_low_per_year cost_factor_mode_per_year cost_factor_high_per_year reason",
        "model floor_kind",
    ),
    declare(
        "core.issued_forecast",
        "one quantile of one forecast issued at an earlier vintage, immutable",
        "forecast_id vintage series_id model is_champion horizon_days target_date quantile value_usd_per_mtok build_id code_version",
        "forecast_id quantile",
    ),
    declare(
        "core.issued_fact",
        "one fact as the edition before this one stated it",
        "fact_id value unit lower upper interval_level text_value as_of",
        "fact_id",
    ),
    declare(
        "marts.hedonic_rates",
        "one hedonic estimate of how many times cheaper in a year",
        "series window_label window_start window_end decline_factor_per_year decline_lower_factor_per_year decline_upper_factor_per_year"
        " interval_level n method is_headline rate_id",
        "rate_id",
    ),
    declare(
        "marts.champion_forecasts",
        "one quantile of one forecast of record issued at this vintage",
        "series model cutoff horizon_days target_date quantile value_usd_per_mtok is_champion forecast_id series_id",
        "forecast_id quantile",
    ),
    declare(
        "marts.series_floor_gap",
        "one frontier series: its price against both floors of the cheapest open model that reaches it",
        "series model accelerator price_usd_per_mtok gpu_hour_floor_usd_per_mtok gpu_hour_floor_lower_usd_per_mtok gpu_hour_floor_upper_usd_per_mtok"
        " energy_floor_usd_per_mtok energy_floor_lower_usd_per_mtok energy_floor_upper_usd_per_mtok price_to_gpu_hour_floor_ratio"
        " price_to_gpu_hour_floor_lower_ratio price_to_gpu_hour_floor_upper_ratio price_to_energy_floor_ratio price_to_energy_floor_lower_ratio"
        " price_to_energy_floor_upper_ratio speed_tok_per_s",
        "series",
    ),
    declare(
        "marts.stack_shown",
        "one lever's share of one stack, as the report shows it",
        "lever shapley_factor first_in_factor last_in_factor shapley_share scenario model service_level_tok_s_per_user total_factor order",
        "scenario lever",
    ),
    declare(
        "marts.events",
        "probability of one checkable event",
        "series event horizon_days target_date threshold_usd_per_mtok probability_share base_rate_share event_id",
        "event_id",
    ),
    declare(
        "marts.meeting_dates",
        "probability that price meets its floor by a deadline, given a stated trend",
        "series floor_kind scenario price_factor_per_year outcome deadline probability_share median_date",
        "series floor_kind scenario outcome",
    ),
    declare(
        "marts.selection_audit",
        "what an estimator reports when there is no trend at all",
        "estimator scale measured_factor_per_year no_trend_factor_per_year no_trend_low_factor_per_year no_trend_high_factor_per_year simulations_count",
        "estimator scale",
    ),
    declare(
        "marts.dictionary",
        "one column of one table: what it means, what it may hold, and how it is filled in this build",
        "table_name ordinal column_name column_type meaning allowed_values empty_until window_days table_rows filled_rows undeclared_values "
        "outside_window_rows",
        "table_name column_name",
    ),
    declare(
        "marts.start_here",
        "what is in this file: tables to begin with and example queries that run",
        "ordinal table_name answers sql",
        "ordinal",
    ),
    declare(
        "marts.price_now",
        "one offer's price in force on the vintage day",
        "provider provider_tier model developer open_weights tier condition "
        + PRICES
        + " price_cache_write_usd_per_mtok price_cache_write_1h_usd_per_mtok"
        " currency listed_input_per_mtok listed_output_per_mtok price_kind valid_from valid_to valid_from_basis observed_at "
        + BELIEF
        + " disagree_sources disagree_share source source_url origin evidence interval_id",
        "interval_id",
        ASKED,
    ),
    declare(
        "marts.price_history",
        "one believed price interval of one offer",
        "provider provider_tier model developer open_weights tier condition "
        + PRICES
        + " price_kind valid_from valid_to valid_from_basis end_reason observed_at "
        + BELIEF
        + " source source_url origin interval_id",
        "interval_id",
        ASKED,
    ),
    declare(
        "marts.price_events",
        "one change of one price in the 31 days before the vintage day: cut, rise, new or withdrawn; correction: one source's clean-up of many prices; status says whether it happened",
        PRICE_EVENT,
        "seen_on kind provider model tier condition token_class source",
        window=("seen_on", 31),
    ),
    declare(
        "marts.quarantine",
        "one price held back, with the reason; the old one stays",
        "provider model tier condition token_class price_kept_usd_per_mtok price_refused_usd_per_mtok reason observed_at source evidence",
        "provider model tier condition token_class source",
    ),
    declare(
        "marts.disagreements",
        "one other witness that says something else today: who, what, since when, which is used and why",
        "provider model tier condition token_class believed_source believed_usd_per_mtok other_source other_usd_per_mtok difference_share valid_from reason",
        "provider model tier condition token_class other_source",
    ),
    declare(
        "marts.data_health",
        "one source: live, archived, packaged, stale or failed, and how old",
        "source kind origin status observed_at age_days rows left_out_count message",
        "source",
    ),
    declare(
        "marts.left_out",
        "one entry, block or amount that a source prints today and its parser does not understand",
        "source extent subject reason locator evidence source_url observed_at snapshot_sha256",
        "source source_url extent subject locator reason evidence",
    ),
    declare(
        "marts.listed_indices",
        "one value of a listed index as quoted on a public page, beside our value of the same thing nearest in time",
        "quoted_on listed_index subject term quoted_value ours_value unit ours_day ours_basis quote_precision source_url",
        "listed_index quoted_on subject term",
    ),
    declare(
        "marts.measured_usage",
        "one measured growth of use or spend on a router, or how use follows a model's own price",
        "measure unit period_from period_to first_value last_value growth_factor growth_per_year elasticity elasticity_low elasticity_high n",
        "measure",
    ),
    declare(
        "marts.revealed_price",
        "the average price of a token on a gateway on one day, implied by its shares of spend and of tokens",
        "period_start revealed_usd_per_mtok revealed_low_usd_per_mtok revealed_high_usd_per_mtok models_count spend_share",
        "period_start",
    ),
    declare(
        "marts.token_index",
        "one index or level of the token family in one complete week",
        "index_id period_start value lower upper unit status method_version inputs_sha256",
        "index_id period_start",
    ),
    declare(
        "marts.headline_methods",
        "one defensible way to say how the price changed in a year; the first three lead the report",
        "headline_rank question method_id factor_per_year factor_low_per_year factor_high_per_year interval_level window_from window_to observations_count status why",
        "method_id",
    ),
    declare(
        "marts.fixed_quality",
        "what one fixed quality cost in one week, who sells it, and how old that seller's price is",
        "reference_model day price_usd_per_mtok model provider offer_id sellers_count is_live ability_logit status confirmed_at age_days",
        "reference_model day",
    ),
    declare(
        "marts.score_coverage",
        "how many of the models first listed in the 90 days before a day have a place on the joint quality scale",
        "day entrants_count scored_count scored_share",
        "day",
    ),
    declare(
        "marts.headline_revision",
        "what the headline said at an earlier vintage and what it says of the same year today",
        "vintage_day first_factor_per_year latest_factor_per_year revision_log",
        "vintage_day",
    ),
    declare(
        "marts.token_weights",
        "one model label in one published week: its tokens, prices, share of spend and their bases",
        "period_start model_label model volume_kind volume_tokens list_usd_per_mtok effective_usd_per_mtok fixed_profile_usd_per_mtok"
        " spend_share price_basis near_days cached_basis profile_basis ability_logit",
        "period_start model_label",
    ),
    declare("marts.not_known", "one thing that this edition does not know", "topic why what_would_tell", "topic"),
    declare("marts.model_names", "one name of a priced model, as asked for on the vintage day", "alias model", "alias"),
    declare(
        "marts.quality_price",
        "one scored model at one seller on the vintage day: score beside price",
        "model developer open_weights benchmark benchmark_version score provider provider_tier price_input_usd_per_mtok price_output_usd_per_mtok"
        " status confirmed_at interval_id",
        "model benchmark benchmark_version interval_id",
    ),
    declare(
        "marts.task_price",
        "the output tokens of one benchmark task at one seller on the vintage day; a lower bound of the task's cost",
        "model benchmark provider tokens_output_per_task price_output_usd_per_mtok cost_usd_per_task as_of source status confirmed_at interval_id",
        "model benchmark interval_id",
    ),
    declare(
        "marts.fact_freshness",
        "one fact of the report: the day it was last confirmed, and by which source",
        "fact_id confirmed_at source cadence_days",
        "fact_id",
    ),
    declare(
        "facts.fact",
        "one number (or verdict) of the report with its interval and the query that reproduces it",
        "fact_id section subject quantity value unit lower upper interval_level n text_value basis as_of sql inputs",
        "fact_id",
    ),
    declare(
        "facts.lineage",
        "one step of a fact's chain down to source, date and words",
        "fact_id ordinal kind id text_value source source_url observed_at evidence snapshot_sha256",
        "fact_id ordinal",
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in (*DECLARED, *STATS, *PACKAGED, *ENGINE, *MARTS)}


def table(name: str) -> Table:
    """The declaration of ``schema.table``; raw tables of sources are derived from their name.

    Raises ``KeyError`` naming the table and where to declare it.
    """
    if name in TABLES:
        return TABLES[name]
    kind = name.removeprefix("raw.").partition("_")[0]
    if name.startswith("raw.") and kind in RAW_SHAPES:
        shape = RAW_SHAPES[kind]
        return Table(name, shape.text, shape.columns, shape.key, shape.family)
    raise KeyError(f"{name} is not declared; add it to warehouse/schema/tables.py")
