"""What it means: claims and consequences.

Belongs here: declarations of output tables of that kind. Not here: anything computed.
"""

from __future__ import annotations

from forecasting.declare import DAY, REAL, SCALE, SERIES, TEXT, VINTAGE, Column, Table

TABLES: dict[str, Table] = {
    "claims": Table(
        "one claim of the essay and what is measured today", ("claim_id",),
        (
            Column("claim_id", TEXT, "C1..C20"), Column("claim", TEXT, "in our words"),
            Column("claimed_value", TEXT, "as claimed"), Column("measured_value", REAL, "measured, or null"),
            Column("measured_unit", TEXT, "unit of the measurement"),
            Column("interval_low", REAL, "low end"), Column("interval_high", REAL, "high end"),
            Column("basis", TEXT, "what the measurement rests on"),
            Column("verdict", TEXT, "supported | partly | contradicted | not measurable"),
            Column("as_of", DAY, "date of the measurement"),
        ),
    ),
    "what_it_means": Table(
        "one computed consequence", ("fact_id",),
        (
            Column("fact_id", TEXT, "section/subject"), Column("section", TEXT, "family_ratio | viability | "
                   "wrapper_margin | self_hosting | jevons | expectations"),
            Column("subject", TEXT, "application, family, model and accelerator"),
            Column("statement", TEXT, "the fact in one sentence, or 'not yet measured'"),
            Column("value", REAL, "median"), Column("value_low", REAL, "5 %"), Column("value_high", REAL, "95 %"),
            Column("unit", TEXT, "unit of value"),
            Column("value_date", DAY, "median date for viability, else null"),
            Column("value_date_low", DAY, "5 %"), Column("value_date_high", DAY, "95 %; null = never"),
            Column("probability_never_share", REAL, "viability only"),
            Column("inputs", TEXT, "ids of every input row, space separated"),
            Column("as_of", DAY, "vintage"),
        ),
    ),
    "viability": Table(
        "when one application becomes affordable", ("application",),
        (
            Column("application", TEXT, "application"), Column("unit_of_use", TEXT, "what is bought once"),
            SERIES, Column("cost_now_usd_per_unit", REAL, "median cost of one unit today"),
            Column("needed_usd_per_unit", REAL, "median affordable cost of one unit"),
            Column("viable_date", DAY, "median over draws; null = not within the horizon for most"),
            Column("viable_low_date", DAY, "5 %"), Column("viable_high_date", DAY, "95 %; null = not reached"),
            Column("viable_now_share", REAL, "probability that it already is"),
            Column("viable_within_year_share", REAL, "probability within 365 days"),
            Column("never_share", REAL, "probability of not before the end of the path (ten years)"),
            Column("verdict", TEXT, "viable now | expected | uncertain | not within the horizon"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "break_even": Table(
        "self-hosting one model on one accelerator against its API", ("model", "accelerator"),
        (
            Column("model", TEXT, "model"), Column("accelerator", TEXT, "accelerator"),
            Column("api_usd_per_mtok", REAL, "API price of the same tokens"),
            Column("self_host_usd_per_mtok", REAL, "own cost at the stated utilisation and size, operations included"),
            Column("utilisation_share", REAL, "stated utilisation (mode)"),
            Column("break_even_utilisation_share", REAL, "utilisation at which the deployment ties; above 1 = "
                   "never"),
            Column("break_even_mtok_per_month", REAL, "volume above which owning is cheaper; null = never"),
            Column("break_even_low_mtok_per_month", REAL, "5 %"),
            Column("break_even_high_mtok_per_month", REAL, "95 %; null = never"),
            Column("cheaper_share", REAL, "probability that self-hosting at the stated utilisation is cheaper"),
            Column("verdict", TEXT, "self-hosting | api | depends"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "wrapper_margin": Table(
        "how much of an application's price is model cost", ("application", "day"),
        (
            Column("application", TEXT, "application"), Column("day", DAY, "day"),
            Column("price_usd_per_month", REAL, "what its user pays"),
            Column("model_cost_usd_per_month", REAL, "tokens at the day's price"),
            Column("model_cost_share", REAL, "median share"), Column("model_cost_low_share", REAL, "5 %"),
            Column("model_cost_high_share", REAL, "95 %"),
            Column("margin_share", REAL, "price kept if it fell with cost: 1 - share"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "family_ratio": Table(
        "the largest and the smallest model of one family", ("family",),
        (
            Column("developer", TEXT, "developer"), Column("family", TEXT, "family"),
            Column("large_model", TEXT, "dearest current model"), Column("small_model", TEXT, "cheapest"),
            Column("large_usd_per_mtok", REAL, "blended price"), Column("small_usd_per_mtok", REAL, "same"),
            Column("price_ratio", REAL, "large / small"),
            Column("score_gap", REAL, "large minus small on the primary scale, or null"),
            Column("routing_saving_share", REAL, "saving if the stated share of requests goes to the small one"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "jevons": Table(
        "volume and spend if demand answers price with the stated elasticity", ("vintage", "subject"),
        (
            VINTAGE, Column("subject", TEXT, "elasticity assumption"),
            Column("elasticity", REAL, "d ln volume / d ln price"), Column("elasticity_low", REAL, "5 %"),
            Column("elasticity_high", REAL, "95 %"),
            Column("price_factor_per_year", REAL, "how many times the price divides"),
            Column("volume_factor_per_year", REAL, "volume multiplies by"),
            Column("spend_factor_per_year", REAL, "spend multiplies by"),
            Column("spend_low_factor_per_year", REAL, "5 %"), Column("spend_high_factor_per_year", REAL, "95 %"),
            Column("rebound_share", REAL, "share of the saving taken back by volume; above 1 = spend grows"),
            Column("backfire_share", REAL, "probability that spend grows"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
    "expectations": Table(
        "what is paid per task at the frontier and at fixed quality, one month", ("scale", "month"),
        (
            SCALE, Column("month", DAY, "first day of the month"),
            Column("best_model", TEXT, "highest score on sale"),
            Column("best_usd_per_mtok", REAL, "its blended price"),
            Column("best_score", REAL, "its score"),
            Column("fixed_usd_per_mtok", REAL, "cheapest price of the quality that was best at the start"),
            Column("ratio_best_to_fixed", REAL, "price of keeping up, in multiples of standing still"),
            Column("inputs", TEXT, "ids of every input row"),
        ),
    ),
}
