"""The tables of rentals, trends, ownership and floors: sums that hold, orders that hold, what is missing stays missing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.floors import floor_tables, floors_mc, hardware_costs
from forecasting.floors.floors_mc import Assumptions, Range
from forecasting.floors.rentals import SERIES, believed
from reference import load

TODAY = date(2026, 11, 22)
ENERGY = pl.DataFrame(
    [
        {
            "usd_per_kwh": 0.0866,
            "low_usd_per_kwh": 0.066,
            "high_usd_per_kwh": 0.18,
            "pue": 1.15,
            "low_pue": 1.08,
            "high_pue": 1.56,
            "observed_at": date(2026, 6, 29),
            "basis": "quoted",
        }
    ]
)
NAMES = ("llama-3.3-70b", "qwen3-32b", "gemma-3-27b")


def hourly(**n: int) -> pl.DataFrame:
    usd = {"H100-SXM": (1.6, 2.6, 5.2), "B200-SXM": (3.4, 4.9, 7.0), "MI355X": (1.9, 1.9, 1.9)}
    return pl.DataFrame(
        [
            {
                "accelerator": a,
                "low_usd_per_accelerator_hour": low,
                "usd_per_accelerator_hour": mode,
                "high_usd_per_accelerator_hour": high,
                "n": n.get(a.partition("-")[0], 5),
                "basis": "quoted",
            }
            for a, (low, mode, high) in usd.items()
        ]
    )


def serving(seed: int = 1, models: tuple[str, ...] = NAMES) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        [
            {
                "model": m.upper(),
                "accelerator": a,
                "precision": p,
                "service_level_tok_s_per_user": level,
                "cost_input_usd_per_mtok": float(c) / 5,
                "cost_output_usd_per_mtok": float(c),
                "energy_j_per_input_token": float(j) / 6,
                "energy_j_per_output_token": float(j),
                "throughput_tok_per_s": 1000.0,
                "throughput_lower_tok_per_s": float(low),
                "throughput_upper_tok_per_s": 1300.0,
            }
            for m in models
            for a in ("H100-SXM", "B200-SXM", "MI355X", "unrented")
            for p in ("bf16", "fp8")
            for level in (20, 50)
            for c, j, low in [(rng.uniform(0.1, 1), rng.uniform(0.05, 0.5), rng.uniform(600, 950))]
        ]
    )


def core(**given: pl.DataFrame) -> dict[str, pl.DataFrame]:
    architectures = pl.DataFrame(
        {
            "model": [n.upper() for n in NAMES],
            "canonical_model": [*NAMES[:2], None],
            "served_models": [f"{NAMES[0]}|{NAMES[0]}-tuned", NAMES[1], ""],
        }
    )
    return {
        "architectures": architectures,
        "hourly": hourly(),
        "energy_price": ENERGY,
        "assumption": load("assumptions"),
        "hardware_part": load("hardware_parts"),
    } | given


@pytest.fixture(scope="module")
def built() -> dict[str, pl.DataFrame]:
    return floor_tables.build(serving(), *core().values(), TODAY)


def test_every_model_level_boundary_and_kind_of_token_has_its_floor(built: dict[str, pl.DataFrame]) -> None:
    table = built["model_floors"]
    assert table.height == 3 * 2 * (3 + 1) * 3
    assert set(table["token_kind"]) == {"input", "output", "blend"} and set(table["boundary"]) == {*floors_mc.BOUNDARIES, "rented hour"}
    assert (
        table.select(
            (pl.col("low_usd_per_mtok") < pl.col("mode_usd_per_mtok")) & (pl.col("mode_usd_per_mtok") < pl.col("high_usd_per_mtok"))
        )
        .to_series()
        .all()
    )
    assert table.select(pl.sum_horizontal(pl.col("^.*_variance_share$"))).to_series().to_list() == pytest.approx([1.0] * table.height)
    assert not set(table.filter(pl.col("floor_kind") == "gpu_hour")["accelerator"]) & {"unrented"}


def test_the_contender_is_the_cheapest_of_all_configurations() -> None:
    """Drawing every configuration and taking the lowest gives the same choice as drawing the contenders alone."""
    names = pl.col("model").str.to_lowercase()
    served = floors_mc.from_serving(serving(), hourly()).with_columns(model=names)
    ranges = floor_tables.hourly_ranges(hourly())
    assumed = Assumptions(Range(0.06, 0.0866, 0.12), Range(1.08, 1.15, 1.5))
    same_error = served.with_columns(engine_low_share=pl.lit(0.8), engine_high_share=pl.lit(1.25))
    everything = floors_mc.lowest(floors_mc.model_floors(same_error, ranges, assumed, np.random.default_rng(3), input_per_output=3.0))
    chosen = floors_mc.contenders(same_error, ranges, input_per_output=3.0)
    few = pl.concat(
        [
            floors_mc.lowest(floors_mc.model_floors(chosen[k], ranges, assumed, np.random.default_rng(3), kinds=(k,), input_per_output=3.0))
            for k in ("energy", "gpu_hour")
        ]
    ).sort("model", "service_level_tok_s_per_user", "floor_kind")
    key = ["model", "service_level_tok_s_per_user", "floor_kind", "precision"]
    energy = pl.col("floor_kind") == "energy"  # rentals are drawn per accelerator: compare by accelerator where ranges are skewed
    assert few.filter(energy).select(*key, "accelerator").equals(everything.filter(energy).select(*key, "accelerator"))
    ratio = (
        few.join(everything, on=key[:3], suffix="_all").select(pl.col("mode_usd_per_mtok") / pl.col("mode_usd_per_mtok_all")).to_series()
    )
    assert ratio.max() < 1.1


def test_the_floors_that_prices_meet_are_the_wall_and_the_rented_hour_at_chat_speed(built: dict[str, pl.DataFrame]) -> None:
    floors, all_of = built["input_floor"], built["model_floors"]
    assert set(floors["model"]) == {*NAMES[:2], f"{NAMES[0]}-tuned"}, "a model nobody sells has floors, and no price to hold against them"
    tuned, base = (floors.filter(pl.col("model") == n).drop("model") for n in (f"{NAMES[0]}-tuned", NAMES[0]))
    assert tuned.equals(base), "another name of the same weights costs the same"
    for row in floors.filter(pl.col("model").is_in(NAMES)).to_dicts():
        boundary = "wall" if row["floor_kind"] == "energy" else "rented hour"
        same = all_of.filter(
            (pl.col("model") == row["model"])
            & (pl.col("boundary") == boundary)
            & (pl.col("token_kind") == "blend")
            & (pl.col("service_level_tok_s_per_user") == 20)
        ).to_dicts()[0]
        assert (same["mode_usd_per_mtok"], same["accelerator"]) == (row["mode_usd_per_mtok"], row["accelerator"])
    energy = floors.filter(pl.col("floor_kind") == "energy").to_dicts()[0]
    assert (round(energy["cost_factor_low_per_year"], 2), round(energy["cost_factor_mode_per_year"], 2)) == (1.09, 1.14)
    assert "bandwidth per watt over 90 parts" in energy["reason"] and "boundary wall" in energy["reason"]


def test_the_same_day_gives_the_same_bytes_and_another_day_the_same_floors(built: dict[str, pl.DataFrame]) -> None:
    again = floor_tables.build(serving().reverse(), *core().values(), TODAY)
    assert all(again[name].equals(frame) for name, frame in built.items())
    next_day = floor_tables.build(serving(), *core().values(), TODAY + timedelta(days=1))["input_floor"]
    moved = next_day["mode_usd_per_mtok"] / built["input_floor"]["mode_usd_per_mtok"]
    assert (moved - 1).abs().max() < 0.01, "draws alone must not look like news"


def test_without_electricity_or_assumptions_there_are_no_floors() -> None:
    for missing in ({"energy_price": ENERGY.head(0)}, {"assumption": load("assumptions").head(0)}):
        assert all(frame.is_empty() for frame in floor_tables.build(serving(), *core(**missing).values(), TODAY).values())
    few_parts = floor_tables.build(serving(), *core(hardware_part=load("hardware_parts").head(0)).values(), TODAY)["input_floor"]
    assert few_parts.filter(pl.col("floor_kind") == "energy")["reason"].str.contains("too few parts").all()


def test_dearer_electricity_raises_the_energy_floor_alone(built: dict[str, pl.DataFrame]) -> None:
    double = ENERGY.with_columns(pl.col("^.*usd_per_kwh$") * 2)
    dearer = floor_tables.build(serving(), *core(energy_price=double).values(), TODAY)["input_floor"]
    ratio = dearer.select("floor_kind", ratio=pl.col("mode_usd_per_mtok") / built["input_floor"]["mode_usd_per_mtok"])
    assert ratio.filter(pl.col("floor_kind") == "energy")["ratio"].to_list() == pytest.approx([2.0] * 3)
    assert ratio.filter(pl.col("floor_kind") == "gpu_hour")["ratio"].to_list() == pytest.approx([1.0] * 3)


def test_the_assumptions_are_rows_with_sources_and_one_sentence(built: dict[str, pl.DataFrame]) -> None:
    rows = {r["quantity"]: r for r in built["floor_assumptions"].to_dicts()}
    assert {"electricity", "PUE", "utilisation", "system over accelerator power", "own trend of the energy floor"} <= set(rows)
    assert all(r["source"] for r in rows.values())
    sentence = rows["together"]["statement"]
    assert "0.0866 (0.066 to 0.18) USD per kWh" in sentence and f"utilisation {rows['utilisation']['mode']:g}" in sentence


def test_one_price_seen_is_not_a_price_known() -> None:
    ranges = floor_tables.hourly_ranges(hourly(MI355X=1))
    lone, seen = ranges["MI355X"], floor_tables.hourly_ranges(hourly())["MI355X"]
    assert lone.low < 1.9 < lone.high and (seen.low, seen.high) == (1.9, 1.9)
    assert lone.high / lone.mode == pytest.approx(np.median([5.2 / 2.6, 7.0 / 4.9]))


def test_the_parts_of_ownership_sum_to_the_total_and_the_published_total_is_in_the_stated_interval() -> None:
    table = hardware_costs.ownership_table(load("ownership_cost"), ENERGY, load("assumptions"), TODAY)
    usd = pl.col("usd_per_accelerator_hour")
    total = pl.col("cost_component") == "total"
    sums = table.group_by("accelerator", "owner_kind").agg(
        usd.filter(~total).sum().alias("parts"), usd.filter(total).first().alias("total")
    )
    assert sums["parts"].to_list() == pytest.approx(sums["total"].to_list())
    stated = table.filter((pl.col("owner_kind") == "stated assumptions") & total)
    assert set(stated["accelerator"]) == {"H100-SXM", "MI300X"}
    for row in stated.to_dicts():
        published = table.filter((pl.col("accelerator") == row["accelerator"]) & (pl.col("owner_kind") == "hyperscaler_owned") & total)
        assert row["low_usd_per_accelerator_hour"] < published["usd_per_accelerator_hour"].item() < row["high_usd_per_accelerator_hour"]
        assert all(i.startswith("table:") or i in set(load("assumptions")["assumption_id"]) for i in row["inputs"].split())
    power = table.filter(
        (pl.col("accelerator") == "H100-SXM") & (pl.col("owner_kind") == "neocloud_owned") & (pl.col("cost_component") == "power")
    )
    assert 0.07 < power["component_share"].item() < 0.13
    assert hardware_costs.ownership_table(load("ownership_cost"), ENERGY.head(0), load("assumptions"), TODAY).is_empty()


def test_trends_stand_beside_every_published_figure() -> None:
    published = load("hardware_trends_published")
    table = hardware_costs.trend_table(load("hardware_parts"), published, TODAY)
    first = table.filter(pl.col("window_label") == "since 2010, all parts")
    assert first.filter(pl.col("published_source") != "").height == published.height
    assert first.filter(pl.col("metric") == "bandwidth per watt")["published_agrees"].to_list() == [None]
    assert (table["growth_low_per_year"] < table["growth_high_per_year"]).all()
    assert hardware_costs.trend_table(load("hardware_parts").head(0), published, TODAY).is_empty()


def test_what_nobody_has_looked_at_lately_is_stale_and_not_gone() -> None:
    tables = hardware_costs.rental_tables(believed(load("rental_prices"), TODAY), TODAY)
    now = tables["rental_now"]
    assert now.select("accelerator", "term").is_unique().all() and set(now["status"]) == {"current", "stale"}
    assert now.filter(pl.col("status") == "current")["age_days"].max() <= 120 < now.filter(pl.col("status") == "stale")["age_days"].min()
    assert (
        set(SERIES) <= set(tables["rental_breaks"].columns)
        and (tables["rental_breaks"]["change_share"].abs() >= np.expm1(0.08) - 0.01).all()
    )
    shown = tables["rental_index"].filter(pl.col("status").is_in(["begins", "link_missing"]))
    assert shown.height > 0 and shown["index_ratio"].unique().to_list() == [1.0]
    empty = hardware_costs.rental_tables(believed(load("rental_prices"), date(2000, 1, 1)), date(2000, 1, 1))
    assert all(frame.is_empty() for frame in empty.values())
