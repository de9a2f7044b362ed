"""Scores of probabilistic forecasts, tests between them, and the track record of what was issued.

Everything is in log units: a miss by a factor of two costs the same at 20 and at .2 USD per Mtok. Origins, not
rows, are the units of every test, because series share models and horizons overlap. Belongs here: scoring rules,
coverage, PIT, Diebold-Mariano. Not here: producing forecasts.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from forecasting.forecast.quantiles import QUANTILES, quantile_loss
from forecasting.panel.series import series_from_frontier
from forecasting.track_record import replays
from warehouse.schema import frames

INTERVALS = {50: (4, 14), 80: (1, 17), 90: (0, 18)}
"""Index of the lower and upper of the 19 quantiles for each central interval (80 %: .1 and .9)."""
TOLERANCE = 1e-9
_ISSUE = ["vintage", "series_id", "horizon_days"]
FORECAST_KEYS = ["forecast_id", "vintage", "series_id", "model", "is_champion", "horizon_days", "target_date"]


def pit(actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Probability integral transform of ``actual`` (n) in quantiles ``predicted`` (n, 19), mid-rank at ties.

    A price that did not move lies on several equal quantiles; the middle of them is taken, so that point masses
    do not pile up at either end.
    """
    below = np.mean(predicted < actual[:, None] - TOLERANCE, axis=1)
    not_above = np.mean(predicted <= actual[:, None] + TOLERANCE, axis=1)
    k = predicted.shape[1]
    return ((below + not_above) / 2 * k + 0.5) / (k + 1)


def coverage(actual: np.ndarray, predicted: np.ndarray) -> dict[int, np.ndarray]:
    """For 50, 80 and 90 %: whether each actual lies inside the central interval (ends included)."""
    return {
        level: (actual >= predicted[:, lo] - TOLERANCE) & (actual <= predicted[:, hi] + TOLERANCE) for level, (lo, hi) in INTERVALS.items()
    }


def randomised_coverage(actual: np.ndarray, predicted: np.ndarray, level: int) -> np.ndarray:
    """For the central interval of ``level`` per cent: the share of the outcome's probability step that lies inside it.

    An outcome in a point mass fills a range of the distribution function; a closed interval counts all of it as inside
    and so covers at least the mass of any point it touches. The range counts here in proportion (Czado, Gneiting and
    Held 2009), so a calibrated forecast covers ``level`` whether or not prices stay.
    """
    below = np.sum(predicted < actual[:, None] - TOLERANCE, axis=1)
    not_above = np.sum(predicted <= actual[:, None] + TOLERANCE, axis=1)
    met, levels = not_above > below, predicted.shape[1] + 1
    low = np.where(met, below + 0.5, below) / levels
    high = np.where(met, not_above + 0.5, not_above + 1) / levels
    edge = (1 - level / 100) / 2
    return np.maximum(np.minimum(high, 1 - edge) - np.maximum(low, edge), 0.0) / (high - low)


def diebold_mariano(loss: np.ndarray, loss_bar: np.ndarray, overlap: int) -> tuple[float, float]:
    """Statistic and one-sided p that ``loss`` is lower than ``loss_bar``; one value per origin, in time order.

    Diebold & Mariano (1995) with Bartlett weights over ``overlap`` lags (a horizon of h origins overlaps h - 1
    of them), the small-sample factor of Harvey, Leybourne & Newbold (1997) and t with n - 1 degrees of freedom.
    Fewer than four origins: (nan, 1).
    """
    from scipy import stats

    d = np.asarray(loss, float) - np.asarray(loss_bar, float)
    n = len(d)
    if n < 4:
        return float("nan"), 1.0
    h = min(max(overlap, 1), n // 2)
    centred = d - d.mean()
    variance = float(centred @ centred) / n
    for lag in range(1, h):
        variance += 2 * (1 - lag / h) * float(centred[lag:] @ centred[:-lag]) / n
    if variance <= 0:
        return 0.0, 1.0 if d.mean() >= 0 else 0.0
    factor = np.sqrt(max((n + 1 - 2 * h + h * (h - 1) / n) / n, 1 / n))
    statistic = float(d.mean() / np.sqrt(variance / n) * factor)
    return statistic, float(stats.t.cdf(statistic, n - 1))


def score(rows: pl.DataFrame) -> pl.DataFrame:
    """Add scores to wide forecasts: columns actual_log, last_log and q (19 log quantiles as a list) per row."""
    if rows.is_empty():
        return rows.with_columns(
            *(pl.lit(None, pl.Float64).alias(c) for c in ("crps_log", "absolute_error_log", "no_change_error_log", "pit_share")),
            *(pl.lit(None, pl.Boolean).alias(f"inside_{k}") for k in INTERVALS),
        )
    q = np.array(rows["q"].to_list(), float)
    actual, last = rows["actual_log"].to_numpy(), rows["last_log"].to_numpy()
    inside = coverage(actual, q)
    return rows.with_columns(
        pl.Series("crps_log", quantile_loss(actual, q, QUANTILES)),
        pl.Series("absolute_error_log", np.abs(actual - q[:, 9])),
        pl.Series("no_change_error_log", np.abs(actual - last)),
        pl.Series("pit_share", pit(actual, q)),
        *(pl.Series(f"inside_{k}", v) for k, v in inside.items()),
    )


def _mean(rows: pl.DataFrame, column: str) -> float:
    return float(rows[column].to_numpy().mean())


def summarise(scored: pl.DataFrame, champion: str, label: str | None = None) -> pl.DataFrame:
    """Table track_record_summary from scored rows (model, vintage, horizon_days and the scores). Without ``label`` it
    is told from column ``replayed``.

    The ratio and the test compare with no change on the same rows; CRPS of no change (a point) is its absolute
    error. Overlap of the test: how many further origins lie within one horizon.
    """
    rows = []
    for (model, days), group in scored.sort("vintage", "series_id").group_by(["model", "horizon_days"], maintain_order=True):
        origin = group.group_by("vintage", maintain_order=True).agg(pl.col("crps_log").mean(), pl.col("no_change_error_log").mean())
        day = np.array([d.toordinal() for d in origin["vintage"]])
        overlap = int(np.max(np.searchsorted(day, day + days) - np.arange(len(day)))) if len(day) else 1
        _, p = diebold_mariano(origin["crps_log"].to_numpy(), origin["no_change_error_log"].to_numpy(), overlap)
        bar = _mean(group, "no_change_error_log")
        mae, crps = _mean(group, "absolute_error_log"), _mean(group, "crps_log")
        rows.append(
            {
                "model": model,
                "is_champion": model == champion,
                "horizon_days": days,
                "origins_count": origin.height,
                "forecasts_count": group.height,
                "mae_log": mae,
                "mase_ratio": mae / bar if bar else None,
                "crps_log": crps,
                "crps_ratio": crps / bar if bar else None,
                **{f"coverage_{k}_share": _mean(group, f"inside_{k}") for k in INTERVALS},
                "p_value": p if model != "no_change" else None,
                "label": label or _label(group),
            }
        )
    return frames.from_rows("stats.track_record_summary", rows)


def _label(rows: pl.DataFrame) -> str:
    vintages = rows.select("vintage", "replayed").unique()
    replayed = int(vintages["replayed"].sum())
    return replays.label(vintages.height - replayed, replayed)


def pit_histogram(scored: pl.DataFrame, bins: int = 10) -> pl.DataFrame:
    """Table pit: share of forecasts in each tenth of the probability integral transform."""
    if scored.is_empty():
        return frames.empty("stats.pit")
    binned = (
        scored.with_columns((pl.col("pit_share") * bins).floor().clip(0, bins - 1).alias("bin"))
        .group_by("model", "horizon_days", "bin")
        .len()
    )
    grid = binned.select("model", "horizon_days").unique().join(pl.DataFrame({"bin": [float(b) for b in range(bins)]}), how="cross")
    full = grid.join(binned, on=["model", "horizon_days", "bin"], how="left").with_columns(pl.col("len").fill_null(0))
    return frames.conform(
        "stats.pit",
        full.select(
            "model",
            "horizon_days",
            (pl.col("bin") / bins).alias("bin_low_share"),
            ((pl.col("bin") + 1) / bins).alias("bin_high_share"),
            (pl.col("len") / pl.col("len").sum().over("model", "horizon_days")).alias("bin_share"),
        ),
    )


def last_known(actuals: pl.DataFrame, wanted: pl.DataFrame, on: str) -> pl.DataFrame:
    """Join to ``wanted`` (unique_id and the date column ``on``) the last y at or before it: column ``y``."""
    left = wanted.sort("unique_id", on)
    right = actuals.select("unique_id", "ds", "y").sort("unique_id", "ds")
    return left.join_asof(right, left_on=on, right_on="ds", by="unique_id", strategy="backward", check_sortedness=False)


def build(due: pl.DataFrame, frontier_price: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """The track record of the forecasts whose day came (``widened``), and of the packaged replays of days before the
    first of them was issued, against the frontier as it is measured today.
    """
    earlier = widened(replays.before(min([as_of, *due["vintage"].to_list()])), as_of)
    both = pl.concat(
        [due.with_columns(pl.lit(False).alias("replayed")), earlier.select(due.columns).with_columns(pl.lit(True).alias("replayed"))]
    )
    return track_record(both, series_from_frontier(frontier_price))


def widened(issued: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per forecast whose day came by ``as_of``, with its log quantiles as a list ``q`` and its ``median``; incomplete ones are left out.

    ``issued``: rows as issued (table core.issued_forecast), of one vintage or of several.
    """
    return (
        issued.filter(pl.col("target_date") <= as_of)
        .sort("quantile")
        .group_by(FORECAST_KEYS, maintain_order=True)
        .agg(
            pl.col("value_usd_per_mtok").log().alias("q"),
            pl.col("value_usd_per_mtok").filter((pl.col("quantile") - 0.5).abs() < 1e-6).first().alias("median"),
        )
        .filter(pl.col("q").list.len() == len(QUANTILES))
    )


def track_record(due: pl.DataFrame, actuals: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Tables track_record, track_record_summary and pit of the issued forecasts whose day came.

    ``due``: as ``widened`` gives it, with ``replayed`` (false: it was issued on its day). ``actuals``: unique_id, ds, y; the actual of a target date is the last y at
    or before it, if the series was still observed then. The bar, no change, is the price as it was known on the day of
    issue where that was issued too: today's measurement of that day has scores in it that nobody had.
    """
    blank = {t: frames.empty(f"stats.{t}") for t in ("track_record", "track_record_summary", "pit")}
    if due.is_empty() or actuals.is_empty():
        return blank
    wide = due.with_columns(pl.col("series_id").alias("unique_id"))
    ends = actuals.group_by("unique_id").agg(pl.col("ds").max().alias("seen_until"))
    wide = wide.join(ends, on="unique_id").filter(pl.col("seen_until") >= pl.col("target_date"))
    if wide.is_empty():
        return blank
    wide = last_known(actuals, wide, "target_date").rename({"y": "actual"}).drop("ds")
    wide = last_known(actuals, wide, "vintage").rename({"y": "last"}).drop("ds")
    stated = wide.filter(pl.col("model") == "no_change").select(*_ISSUE, pl.col("median").alias("stated")).unique(_ISSUE)
    wide = wide.join(stated, on=_ISSUE, how="left", maintain_order="left").with_columns(pl.coalesce("stated", "last").alias("last"))
    scored = score(
        wide.drop_nulls(["actual", "last"]).with_columns(pl.col("actual").log().alias("actual_log"), pl.col("last").log().alias("last_log"))
    )
    champions = scored.filter("is_champion")["model"]
    table = scored.select(
        *FORECAST_KEYS,
        pl.col("actual").alias("actual_usd_per_mtok"),
        pl.col("median").alias("median_usd_per_mtok"),
        "absolute_error_log",
        "no_change_error_log",
        "crps_log",
        "inside_50",
        "inside_80",
        "inside_90",
        "pit_share",
    )
    return {
        "track_record": frames.conform("stats.track_record", table),
        "track_record_summary": summarise(scored, champions[-1] if len(champions) else ""),
        "pit": pit_histogram(scored),
    }
