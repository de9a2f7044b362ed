"""The bars of the forecasts on the packaged panel, the guard against leakage, and the scores themselves."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.forecast import fitting, issue, past, priors, repricing
from forecasting.forecast.candidates import CANDIDATES
from forecasting.forecast.quantiles import QUANTILES, quantile_loss
from forecasting.panel import reference
from forecasting.panel.series import PriceSeries, prepare
from forecasting.track_record import backtest, champion, comparison, event_backtest, replays, scoring
from forecasting.track_record.champion import INCUMBENT
from research import published
from tests.forecasting.worlds import price_panel
from warehouse.schema import frames

BARS = {90: 0.70, 180: 0.62, 365: 0.70}
"""Quantile loss over that of the no-change walk, on a panel that no parameter was fitted to."""
MODELS = [INCUMBENT, "combination", "no_change", "random_walk", "ols_trend"]


@pytest.fixture(scope="module")
def panels() -> pl.DataFrame:
    return reference.frontier_panel()


@pytest.fixture(scope="module")
def scored(panels: pl.DataFrame) -> pl.DataFrame:
    """Makers' list prices, vintage true, quarterly origins, priors from the other panels alone."""
    others = panels.filter(pl.col("panel") != "first_parties")
    panel, _ = backtest.knowledge(panels.filter(pl.col("panel") == "first_parties"), hindsight=False)
    return backtest.run(
        panel, backtest.default_origins(panel, date(2024, 1, 1), 91), tuple(BARS), MODELS, lambda day: priors.estimate(others, day)
    )


@pytest.mark.parametrize("days", BARS)
def test_the_champion_beats_the_walk_by_the_bar_and_plain_no_change(scored: pl.DataFrame, days: int) -> None:
    row = comparison.compare(scored).filter(pl.col("model") == INCUMBENT, pl.col("horizon_days") == days).row(0, named=True)
    assert row["random_walk_ratio"] <= BARS[days]
    assert row["no_change_ratio"] < 0.9
    assert 0.84 <= row["coverage_90_share"] <= 0.97
    assert 0.38 <= row["coverage_50_share"] <= 0.75


@pytest.mark.parametrize("days", BARS)
def test_the_mixture_beats_the_equal_weight_combination(scored: pl.DataFrame, days: int) -> None:
    loss = dict(comparison.compare(scored).filter(pl.col("horizon_days") == days).select("model", "loss_log").iter_rows())
    assert loss[INCUMBENT] < loss["combination"]


@pytest.mark.parametrize("days", BARS)
def test_a_straight_line_stays_worse_than_no_change(scored: pl.DataFrame, days: int) -> None:
    rows = scored.filter((pl.col("model") == "ols_trend") & (pl.col("horizon_days") == days))
    assert rows["crps_log"].mean() > rows["no_change_error_log"].mean()


@pytest.mark.parametrize("name", ["hosts", "openrouter", "price_tables"])
def test_a_panel_left_out_is_forecast_better_than_by_no_change_as_known_on_the_day(panels: pl.DataFrame, name: str) -> None:
    """Price tables once lost to no change at a quarter, 1.01 of its loss."""
    left_out = priors.LeftOut(panels)
    panel, _ = backtest.knowledge(panels.filter(pl.col("panel") == name), hindsight=False)
    origins = backtest.default_origins(panel, date(2024, 1, 1), 91)
    scored = backtest.run(panel, origins, tuple(BARS), [INCUMBENT, "no_change"], lambda day: left_out.without(name, day))
    rows = comparison.compare(scored).filter(pl.col("model") == INCUMBENT)
    assert rows.height == 3 and (rows["no_change_ratio"] < 0.9).all()


@pytest.mark.parametrize("name", ["hosts", "openrouter"])
def test_intervals_of_a_panel_that_was_left_out_hold_a_year_ahead(panels: pl.DataFrame, name: str) -> None:
    """Hosts' 90 % interval once held 59 % of the outcomes, OpenRouter's 75 %."""
    others = panels.filter(pl.col("panel") != name)
    panel, _ = backtest.knowledge(panels.filter(pl.col("panel") == name), hindsight=True)
    origins = backtest.default_origins(panel, date(2024, 1, 1), 91)
    table = comparison.compare(
        backtest.run(panel, origins, (365,), [INCUMBENT, "no_change", "random_walk"], lambda day: priors.estimate(others, day))
    )
    row = table.filter(pl.col("model") == INCUMBENT).row(0, named=True)
    assert 0.84 <= row["coverage_90_share"] <= 0.97
    assert 0.38 <= row["coverage_50_share"] <= 0.72
    assert row["random_walk_ratio"] < 0.65 and row["no_change_ratio"] < 0.6


def test_a_panel_left_out_has_the_prior_of_the_others_and_none_of_its_own(panels: pl.DataFrame) -> None:
    day, left_out = date(2025, 6, 1), priors.LeftOut(panels)
    for name in ("hosts", "first_parties"):
        assert left_out.without(name, day) == priors.estimate(panels.filter(pl.col("panel") != name), day)
    frozen = panels.with_columns(pl.when(pl.col("panel") == "hosts").then(1.0).otherwise("y").alias("y"))
    assert priors.LeftOut(frozen).without("hosts", day) == left_out.without("hosts", day)
    assert priors.LeftOut(frozen).without("first_parties", day) != left_out.without("first_parties", day)


def test_doubt_shrinks_with_the_months_of_evidence_of_this_panel_and_of_others() -> None:
    series = tuple(PriceSeries(n, np.array([738000, 738030]), np.zeros(2)) for n in ("a", "b"))
    at = past.states(series, 738030)
    fits = [fitting.fit(series, repricing.Prior(months=m)) for m in (0.0, 5.0, 60.0)]
    assert fits[0].doubt > fits[1].doubt > fits[2].doubt > 0
    width = [np.ptp(repricing.quantiles(at, [1.0], p)[0, 0, [0, 18]]) for p in fits]
    assert width[0] > 1.2 * width[2]
    long = prepare(price_panel(np.random.default_rng(2), n=6, months=30)).series
    assert fitting.fit(long, repricing.Prior()).doubt < fits[0].doubt


def test_a_list_read_daily_says_no_more_about_repricing_than_one_read_monthly() -> None:
    day = np.arange(738000, 738000 + 360)
    daily = PriceSeries("daily", day, 0.01 * (day % 2))
    monthly = PriceSeries("monthly", day[::30], 0.01 * (np.arange(12) % 2))
    at = past.states((daily, monthly), int(day[-1]))
    assert at.moves[0] == pytest.approx(at.moves[1], rel=0.2)


def test_a_quote_that_went_again_is_no_destination() -> None:
    day = np.arange(738000, 738000 + 300, 30)
    dip = np.where(np.arange(10) == 4, -3.0, 0.0)
    at = past.states(tuple(PriceSeries(f"s{k}", day, dip) for k in range(3)), int(day[-1]))
    assert (at.shared == 0.0).all() and (at.own == -3.0).all()


def test_how_often_a_series_moved_decides_whether_it_moves_and_not_how_far() -> None:
    at = past.States(np.zeros(2), np.full(2, -2.0), np.full(2, -2.0), np.array([0.2, 8.0]), np.ones(2))
    drawn = repricing.plan(512)
    count = repricing.repricings(at, repricing.destination(at, True), np.ones(2), 3.0, drawn)
    assert (count[0] == 0).sum() > (count[1] == 0).sum() + 100
    both = (count > 0).all(axis=0)
    assert (count[0][both] == count[1][both]).all()


def test_the_panels_low_counts_where_it_helped_and_not_where_units_differ() -> None:
    day = np.arange(738000, 738000 + 900, 30)
    rng = np.random.default_rng(0)
    level = np.log([8.0, 4.0, 2.0, 1.0, 0.5, 0.4])
    meet = tuple(PriceSeries(f"s{k}", day, np.log(0.4) + (x - np.log(0.4)) * 0.85 ** np.arange(30)) for k, x in enumerate(level))
    walk = tuple(PriceSeries(f"s{k}", day, x * 9 - np.cumsum(rng.random(30) * 0.05)) for k, x in enumerate(level))
    assert fitting.fit(meet, repricing.Prior()).share > 0.95
    assert fitting.fit(walk, repricing.Prior()).share < 0.1


def test_a_quote_at_less_than_a_tenth_of_its_makers_price_or_of_three_quotes_is_not_believed() -> None:
    """Prices per character were once read as prices per token; a host that undercuts by two thirds is believed."""
    from research.build_frontier_panel import _believed

    day = date(2025, 1, 1)
    rows = [
        ("a", day, "x", True, 1.0),
        ("a", day, "x", False, 0.09),
        ("a", day, "x", False, 0.3),
        ("a", day, "y", False, 0.05),
        ("a", day, "y", False, 0.6),
        ("a", day, "z", False, 0.05),
        ("a", day, "z", False, 0.6),
        ("a", day, "z", False, 0.7),
        ("b", day, "x", False, 0.09),
    ]
    frame = pl.DataFrame(rows, schema=["price_source", "ds", "key", "maker", "y"], orient="row")
    assert frame.filter(~_believed())["y"].to_list() == [0.09, 0.05]
    assert frame.filter(_believed()).height == 7


def test_there_are_vintage_true_origins_and_the_label_counts_the_rest(panels: pl.DataFrame) -> None:
    one = panels.filter(pl.col("panel") == "openrouter")
    true, said = backtest.knowledge(one, hindsight=False)
    assert said.startswith("vintage true") and "known_from" in true.columns
    known = backtest.known_at(true, date(2024, 9, 1))
    assert known["unique_id"].n_unique() >= 5 and (known["known_from"] <= date(2024, 9, 1)).all()
    late = one.filter(pl.col("known_from") > pl.col("ds")).height
    used, said = backtest.knowledge(one, hindsight=True)
    assert said == f"quality hindsight: {late:,} of {one.height:,} rows were known only after their own day"
    assert "known_from" not in used.columns
    assert "do not say" in backtest.knowledge(one.drop("known_from"), False)[1]


def test_a_series_has_no_row_on_a_day_on_which_no_score_below_its_threshold_was_known(panels: pl.DataFrame) -> None:
    """Four rating series were once one series, because the lowest threshold lay below the lowest score known."""
    path = panels.filter(pl.col("unique_id").str.starts_with("arena")).sort("ds").group_by("panel", "unique_id").agg("ds", "y")
    assert not path.select("panel", "ds", "y").is_duplicated().any()


@pytest.mark.parametrize("factor", [1000.0, 1e-6])
@pytest.mark.parametrize("name", sorted(CANDIDATES))
def test_another_unit_shifts_every_forecast_by_the_log_of_the_factor(name: str, factor: float) -> None:
    frame = price_panel(np.random.default_rng(5), n=6, months=24)
    q = []
    for scale in (1.0, factor):
        panel = prepare(frame.with_columns(pl.col("y") * scale))
        p = fitting.fit(panel.series, repricing.Prior())
        q.append(CANDIDATES[name](panel.series, panel.cutoff.toordinal(), (90, 365), p))
    assert q[1] - q[0] == pytest.approx(np.full_like(q[0], np.log(factor)), abs=1e-9)


def test_the_atom_at_unchanged_shrinks_with_the_horizon_and_with_a_record_of_repricing() -> None:
    day = np.arange(738000, 738000 + 720, 30)
    busy = np.log(1.0 + 0.05 * np.arange(len(day)) % 2 + 0.01 * np.arange(len(day)))
    series = tuple(PriceSeries(n, day, y) for n, y in (("still", np.zeros(len(day))), ("busy", busy)))
    at = past.states(series, int(day[-1]))
    pulls = tuple(repricing.Pull(shared, 2.5, 0.35, 0.6) for shared in (True, False))
    atom = [np.mean(repricing.draws(at, years, repricing.Parameters(pulls)) == at.log_price[:, None], axis=1) for years in (0.25, 1.0)]
    assert (atom[0] > atom[1]).all()
    assert atom[0][0] > atom[0][1] + 0.2


def test_technologies_without_a_floor_are_forecast_better_than_by_no_change(shared_data) -> None:
    """Series in different units: the panel's low means nothing, each series' own low does."""
    logs = published.technology_logs(shared_data / "forecast" / "technologytimeseries")
    frame = pl.concat(
        [
            pl.DataFrame({"unique_id": name, "ds": [date(1900 + k, 12, 31) for k in range(len(x))], "y": np.exp(x)})
            for name, x in sorted(logs.items())
            if len(x) >= 20
        ]
    )
    scored = backtest.run(frame, [date(y, 12, 31) for y in (1909, 1913, 1917)], (365,), [INCUMBENT, "no_change"])
    table = comparison.compare(scored)
    row = table.filter(pl.col("model") == INCUMBENT).row(0, named=True)
    assert row["no_change_ratio"] < 1.0
    assert row["forecasts_count"] > 60


def test_any_panel_can_be_backtested_whatever_its_days_and_its_number_of_series(tmp_path) -> None:
    """Four series seen on different days had no origin at all: five on one day were asked for."""
    from click.testing import CliRunner

    from pipelines.commands.backtest import command

    path = tmp_path / "p.csv"
    rows = [f"s{i},{2024 + m // 12}-{m % 12 + 1:02d}-{7 * i + 1:02d},{5 * 0.9**m}" for i in range(4) for m in range(20)]
    path.write_text("unique_id,ds,y\n" + "\n".join([*rows, "s1,2024-03-40,2", "s1,2024-03-02,0", ",2024-03-02,3"]))
    panel = backtest.read_panel(str(path))
    assert panel.height == 80 and len(backtest.default_origins(panel, None, 60)) >= 8
    assert backtest.default_origins(panel.filter(pl.col("unique_id") == "s1"), None, 60)
    path.write_text("unique_id,ds\nx,2024-01-01\n")
    said = CliRunner().invoke(command, [str(path)])
    assert said.exit_code == 1 and "no column y" in said.output and "Traceback" not in said.output
    path.write_text("unique_id,ds,y\nx,1990-01-01,1\n")
    said = CliRunner().invoke(command, [str(path)])
    assert said.exit_code == 1 and "shorter than the horizons" in said.output
    said = CliRunner().invoke(command, [str(path), "--first", "2024-01-01"])
    assert said.exit_code == 1 and "--first" in said.output
    path.write_text("unique_id,ds,y\nx,01/02/2024,1\nx,01/03/2024,2\n")
    said = CliRunner().invoke(command, [str(path)])
    assert said.exit_code == 1 and "2 of 2 rows were left out: 2 without a readable date" in said.output
    path.write_text("unique_id,ds,y\n" + "\n".join(f"x,{1950 + k}-12-31,{0.9**k}\nx,{1950 + k}-06-31,1" for k in range(30)))
    said = CliRunner().invoke(command, [str(path), "--every", "1500", "--horizons", "365"])
    assert said.exit_code == 0 and "30 of 60 rows were left out" in said.output and "1950-12-31" in said.stdout


def test_origins_of_a_test_lie_a_horizon_apart() -> None:
    days = np.array([0, 30, 60, 90, 120, 200])
    assert days[comparison.apart(days, 90)].tolist() == [0, 90, 200]


def test_changing_the_future_changes_no_forecast() -> None:
    panel = price_panel(np.random.default_rng(1), n=6, months=24)
    origin = date(2024, 9, 1)
    changed = panel.with_columns(pl.when(pl.col("ds") > origin).then(pl.col("y") * 50).otherwise("y").alias("y"))
    a, b = (backtest.run(p, [origin], (90,)).sort("series_id", "model") for p in (panel, changed))
    assert a["q"].to_list() == b["q"].to_list()
    assert a["actual_log"].to_list() != b["actual_log"].to_list()


def test_rows_not_yet_known_are_not_used() -> None:
    panel = price_panel(np.random.default_rng(1), n=6, months=24).with_columns((pl.col("ds") + pl.duration(days=45)).alias("known_from"))
    origin = date(2024, 9, 1)
    assert backtest.known_at(panel, origin)["ds"].max() <= origin - timedelta(days=45)


@pytest.mark.parametrize("name", sorted(CANDIDATES))
def test_every_candidate_gives_ordered_quantiles_for_short_and_flat_series(name: str) -> None:
    frame = pl.DataFrame(
        {
            "unique_id": ["one", "two", "two", *["flat"] * 6, *["fall"] * 6],
            "ds": [date(2025, 1, 1), date(2025, 1, 1), date(2025, 2, 1), *[date(2025, m, 1) for m in range(1, 7)] * 2],
            "y": [1.0, 3.0, 2.0, *[0.5] * 6, *[float(10 / 2**m) for m in range(6)]],
        }
    )
    panel = prepare(frame)
    p = fitting.fit(panel.series, repricing.Prior())
    q = CANDIDATES[name](panel.series, panel.cutoff.toordinal(), (30, 365), p)
    assert q.shape == (4, 2, 19)
    assert np.isfinite(q).all()
    assert (np.diff(q, axis=2) >= -1e-9).all()


def test_the_quantile_loss_agrees_with_scoringrules() -> None:
    import scoringrules

    rng = np.random.default_rng(0)
    q = np.sort(rng.standard_normal((50, 19)), axis=1)
    y = rng.standard_normal(50)
    assert quantile_loss(y, q) == pytest.approx(scoringrules.crps_quantile(y, q, QUANTILES), rel=1e-9)


def test_diebold_mariano_rejects_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    p = [scoring.diebold_mariano(*rng.standard_normal((2, 24)), overlap=1)[1] for _ in range(600)]
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.1, abs=0.035)


def test_overlapping_losses_make_the_test_more_careful() -> None:
    rng = np.random.default_rng(4)
    naive, careful = [], []
    for _ in range(300):
        d = np.convolve(rng.standard_normal(35), np.ones(12) / 12, mode="valid")
        naive.append(scoring.diebold_mariano(d, np.zeros(24), 1)[1] < 0.05)
        careful.append(scoring.diebold_mariano(d, np.zeros(24), 12)[1] < 0.05)
    assert np.mean(naive) > 2 * np.mean(careful)


def test_pit_of_a_calibrated_forecast_is_flat_and_of_a_price_that_stays_is_in_the_middle() -> None:
    from scipy import stats

    q = np.tile(stats.norm.ppf(QUANTILES), (4000, 1))
    u = scoring.pit(np.random.default_rng(0).standard_normal(4000), q)
    assert np.histogram(u, bins=10, range=(0, 1))[0] / 4000 == pytest.approx(np.full(10, 0.1), abs=0.03)
    assert scoring.pit(np.zeros(1), np.zeros((1, 19)))[0] == pytest.approx(0.5)


def _issued() -> pl.DataFrame:
    value = np.exp(np.linspace(-1, 1, 19))
    return frames.conform(
        "stats.forecast",
        pl.concat(
            [
                pl.DataFrame(
                    {
                        "forecast_id": f"{v}/a/{INCUMBENT}/30",
                        "vintage": v,
                        "series_id": "a",
                        "model": INCUMBENT,
                        "is_champion": True,
                        "horizon_days": 30,
                        "target_date": v + timedelta(days=30),
                        "quantile": QUANTILES,
                        "value_usd_per_mtok": value,
                    }
                )
                for v in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
            ]
        ),
    )


def _due(as_of: date) -> pl.DataFrame:
    return scoring.widened(_issued(), as_of).with_columns(pl.lit(False).alias("replayed"))


def test_a_first_run_has_a_track_record_of_replays_that_says_so_and_loses_none_to_the_first_issue() -> None:
    known = replays.before(date(2026, 9, 1))
    assert known.height and known["vintage"].max() < date(2026, 9, 1) and set(known["code_version"]) == {replays.CODE}
    prices = known.group_by("series_id").agg(pl.col("value_usd_per_mtok").median()).sort("series_id")
    front = pl.concat(
        [
            prices.select(
                "series_id",
                pl.lit(d).alias("day"),
                pl.lit("all").alias("provider_tier"),
                pl.col("value_usd_per_mtok").alias("price_usd_per_mtok"),
            )
            for d in (date(2025, 1, 1), date(2026, 9, 1))
        ]
    )
    nothing = scoring.widened(pl.DataFrame(schema=frames.polars_schema("core.issued_forecast")), date(2026, 9, 1))
    summary = scoring.build(nothing, front, date(2026, 9, 1))["track_record_summary"]
    assert summary.height and set(summary["label"]) == {replays.label(0, 1)}
    assert {30, 90, 180} <= set(summary["horizon_days"])
    assert summary.filter(pl.col("model") == "no_change")["crps_ratio"].to_list() == pytest.approx(
        [1.0] * summary["horizon_days"].n_unique()
    ), "the bar is what was known on the day"
    assert replays.newest_first_day(pl.DataFrame(schema=frames.polars_schema("core.issued_forecast")), date(2026, 9, 1))[
        "vintage"
    ].max() == date(2026, 8, 31)
    assert "live on 2 days and replays" in replays.label(2, 5) and replays.label(3, 0) == "live"


def test_a_replay_knows_nothing_later_than_its_day() -> None:
    """The last day's prices of a series are the centre of its forecasts of that day; later prices are not."""
    known = replays.before(date(2026, 11, 1)).filter(pl.col("model") == "no_change", pl.col("quantile") == 0.5)
    assert (known["target_date"] > known["vintage"]).all()
    per_day = known.group_by("vintage").agg(pl.col("series_id").n_unique()).sort("vintage")["series_id"]
    assert per_day[0] < per_day[-1], "early vintages must lack the series whose scores were published later"


def test_the_track_record_scores_only_forecasts_whose_day_came_and_was_seen() -> None:
    actuals = pl.DataFrame({"unique_id": ["a"] * 3, "ds": [date(2026, 1, 1), date(2026, 2, 10), date(2026, 3, 5)], "y": [1.0, 2.0, 50.0]})
    record = scoring.track_record(_due(date(2026, 3, 5)), actuals)
    table = record["track_record"]
    assert table["vintage"].to_list() == [date(2026, 1, 1), date(2026, 2, 1)]
    assert table["actual_usd_per_mtok"].to_list() == [1.0, 2.0]
    assert table["inside_90"].to_list() == [True, True]
    assert table["no_change_error_log"].to_list() == pytest.approx([0.0, np.log(2)])
    assert record["track_record_summary"]["origins_count"].to_list() == [2]
    none = scoring.track_record(_due(date(2026, 1, 15)), actuals)
    assert none["track_record"].is_empty() and none["pit"].columns


def test_a_champion_is_replaced_only_by_the_rule() -> None:
    better = {INCUMBENT: 1.0, "combination": 0.8}
    assert champion.choose(better, {"combination": 0.01}, 20)[0] == "combination"
    assert champion.choose(better, {"combination": 0.01}, 11)[0] == INCUMBENT
    assert champion.choose(better, {"combination": 0.3}, 20)[0] == INCUMBENT
    assert champion.choose({**better, "combination": 0.97}, {"combination": 0.01}, 20)[0] == INCUMBENT
    recent = champion.choose(better, {"combination": 0.01}, 20, held_since=date(2026, 1, 1), as_of=date(2026, 2, 1))
    assert recent[0] == INCUMBENT


def test_the_verb_prints_every_model_and_horizon() -> None:
    from click.testing import CliRunner

    from pipelines.commands.backtest import command

    result = CliRunner().invoke(command, ["--format", "csv", "--horizons", "90", "--every", "150", "--panel", "registries"])
    assert result.exit_code == 0
    table = pl.read_csv(result.stdout.encode())
    assert set(table["model"]) == set(CANDIDATES)
    assert {"no_change_ratio", "random_walk_ratio", "drift_ratio", "coverage_50_share", "coverage_90_share", "p_value"} <= set(
        table.columns
    )
    assert table["origin_year"].drop_nulls().n_unique() >= 2 and table["origin_year"].is_null().any()
    assert table["label"].n_unique() == 1 and table["label"][0].startswith("vintage true")
    everything = CliRunner().invoke(command, ["--horizons", "90", "--every", "400"])
    table = everything.stdout.split("Left out, panel by panel")[1].splitlines()[2:]
    assert {line.split()[0] for line in table} == set(reference.frontier_panel()["panel"])
    wrong = CliRunner().invoke(command, ["--panel", "nowhere"])
    assert wrong.exit_code == 2 and "first_parties" in wrong.output


def test_the_review_of_a_backtest_keeps_or_replaces_by_the_rule(scored: pl.DataFrame) -> None:
    assert champion.review(scored)[0] == INCUMBENT
    other = champion.review(scored, incumbent="ols_trend")
    assert other[0] in (INCUMBENT, "ols_trend") and other[1].startswith(other[0])
    assert champion.review(scored.head(0))[0] == INCUMBENT


def test_event_probabilities_beat_the_past_frequency() -> None:
    panel = reference.frontier_panel().filter(pl.col("panel") == "openrouter").drop("known_from")
    table = event_backtest.run(panel, backtest.default_origins(panel, date(2024, 6, 1), 75), (90, 180))
    assert set(table["event"]) == {"new_low", "halves", "rises"}
    assert (table["brier"] < table["brier_base_rate"]).all()


def test_events_of_many_young_series_with_a_few_old_ones_are_answered() -> None:
    """Once the first hundred rows had no base rate, the table could not be built."""
    old = price_panel(np.random.default_rng(1), n=2, months=20)
    last = old["ds"].max()
    young = pl.DataFrame({"unique_id": [f"a{i:02d}" for i in range(40)], "ds": [last] * 40, "y": [1.0] * 40})
    table = issue.events(pl.concat([young, old]), None, last, horizons_days=(30, 3650, 365))
    assert table["series_id"].n_unique() == 42
    assert table.filter(pl.col("horizon_days") == 3650)["base_rate_share"].null_count() > 0
