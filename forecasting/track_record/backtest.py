"""Rolling-origin evaluation: pretend it is an earlier day, forecast with what was known, wait, score.

Each origin refits everything on rows known then (``known_from`` <= origin where given, ds <= origin always) with
the prior of that vintage. Belongs here: the loop over origins. Not here: scores (``scoring``), models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import polars as pl

from forecasting.forecast import fitting, priors, repricing
from forecasting.forecast.candidates import CANDIDATES
from forecasting.panel.series import BadSeries, prepare
from forecasting.track_record import scoring

NEAR_DAYS = 10
SLACK_DAYS = 20
"""An actual may be the last price seen up to this long before the target date: monthly archives are irregular."""


def read_panel(path: str, say: Callable[[str], object] = lambda _: None) -> pl.DataFrame:
    """A CSV file of unique_id, ds, y and optional floor and known_from, typed; rows without name, day or positive price
    are left out, and ``say`` is given a sentence on how many. Raises :class:`BadSeries` naming a column that is missing,
    or saying why no row is left.
    """
    raw = pl.read_csv(path, infer_schema=False)
    raw = raw.rename({c: c.strip().lstrip("\ufeff") for c in raw.columns})
    missing = [c for c in ("unique_id", "ds", "y") if c not in raw.columns]
    if missing:
        raise BadSeries(
            f"the file has no column {', '.join(missing)}; expected unique_id,ds,y[,floor][,known_from], found {','.join(raw.columns)}"
        )
    days = [c for c in ("ds", "known_from") if c in raw.columns]
    numbers = [c for c in ("y", "floor") if c in raw.columns]
    typed = raw.select(
        "unique_id",
        *(pl.col(c).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False) for c in days),
        *(pl.col(c).cast(pl.Float64, strict=False) for c in numbers),
    )
    usable = typed.filter(pl.col("unique_id").is_not_null(), pl.col("ds").is_not_null(), pl.col("y").is_finite() & (pl.col("y") > 0))
    if usable.height < typed.height:
        undated, unpriced = typed["ds"].null_count(), typed.filter(~(pl.col("y").is_finite() & (pl.col("y") > 0)).fill_null(False)).height
        told = (
            f"{typed.height - usable.height} of {typed.height} rows were left out: {undated} without a readable date "
            f"(expected YYYY-MM-DD), {unpriced} without a positive price, {typed['unique_id'].null_count()} without a name"
        )
        if usable.is_empty():
            raise BadSeries(told)
        say(told)
    return usable


def default_origins(panel: pl.DataFrame, first: date | None = None, every_days: int = 28) -> list[date]:
    """Days of the panel that can be origins: at least ``every_days`` apart, from the first day on which five series (or
    all, of fewer) have begun. Raises :class:`BadSeries` where there is none.
    """
    begun = panel.group_by("unique_id").agg(pl.col("ds").min())["ds"].sort()
    start = begun[min(5, len(begun)) - 1] if len(begun) else None
    chosen: list[date] = []
    for day in sorted(panel["ds"].drop_nulls().unique()):
        if day >= start and (first is None or day >= first) and (not chosen or (day - chosen[-1]).days >= every_days):
            chosen.append(day)
    if not chosen:
        raise BadSeries(f"no day of the panel can be an origin{f' from {first} on' if first else ''}; --first sets the first day")
    return chosen


def known_at(panel: pl.DataFrame, origin: date) -> pl.DataFrame:
    """The rows that could have been used on ``origin``."""
    rows = panel.filter(pl.col("ds") <= origin)
    return rows.filter(pl.col("known_from") <= origin) if "known_from" in rows.columns else rows


def outcomes(panel: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Column ``y`` for each (unique_id, target_date): the price seen nearest to the day, within ``NEAR_DAYS``, else
    the last one before it. Monthly archives would otherwise count a month as no change because it has 31 days.
    """
    left = wanted.sort("unique_id", "target_date")
    right = panel.select("unique_id", pl.col("ds"), pl.col("y").alias("near")).sort("unique_id", "ds")
    near = left.join_asof(
        right, left_on="target_date", right_on="ds", by="unique_id", strategy="nearest", tolerance=f"{NEAR_DAYS}d", check_sortedness=False
    )
    both = scoring.last_known(panel, near.drop("ds"), "target_date")
    return both.with_columns(pl.coalesce("near", "y").alias("y")).drop("near", "ds")


def run(
    panel: pl.DataFrame,
    origins: Sequence[date],
    horizons_days: Sequence[int],
    models: Sequence[str] = tuple(CANDIDATES),
    prior_at: Callable[[date], repricing.Prior] = priors.at,
) -> pl.DataFrame:
    """Scored forecasts: series_id, vintage, model, horizon_days, q (log quantiles), actual_log, last_log, scores.

    ``panel``: unique_id, ds, y, optional floor and known_from. ``prior_at``: the prior of a day. Series whose last observation lies more than
    ``SLACK_DAYS`` before the target date give no actual; every other series is scored at every origin.
    """
    ends = dict(panel.group_by("unique_id").agg(pl.col("ds").max()).iter_rows())
    blocks = []
    for origin in origins:
        try:
            now = prepare(known_at(panel, origin), origin)
        except BadSeries:
            continue
        due = [h for h in horizons_days if any(ends[s.unique_id] >= origin + timedelta(days=h - SLACK_DAYS) for s in now.series)]
        if not due:
            continue
        p = fitting.fit(now.series, prior_at(origin))
        for model in models:
            q = CANDIDATES[model](now.series, origin.toordinal(), due, p)
            for k, h in enumerate(due):
                target = origin + timedelta(days=h)
                keep = [i for i, s in enumerate(now.series) if ends[s.unique_id] >= target - timedelta(days=SLACK_DAYS)]
                blocks.append(
                    pl.DataFrame(
                        {
                            "unique_id": [now.series[i].unique_id for i in keep],
                            "vintage": [origin] * len(keep),
                            "model": [model] * len(keep),
                            "horizon_days": [h] * len(keep),
                            "target_date": [target] * len(keep),
                            "last_log": [now.series[i].last for i in keep],
                            "q": [q[i, k].tolist() for i in keep],
                        }
                    )
                )
    if not blocks:
        raise BadSeries("no origin has both a past and an outcome; the panel is shorter than the horizons")
    rows = (
        outcomes(panel, pl.concat(blocks))
        .with_columns(pl.col("y").log().alias("actual_log"), pl.col("unique_id").alias("series_id"))
        .drop_nulls("actual_log")
    )
    return scoring.score(rows).sort("series_id", "vintage", "model", "horizon_days")


def knowledge(panel: pl.DataFrame, hindsight: bool) -> tuple[pl.DataFrame, str]:
    """The panel as it is to be used and the label its scores deserve, both from the data.

    Without ``known_from`` nothing is known about when a row could be known, and the label says so. With
    ``hindsight`` rows are used from their own day on although some were known only later.
    """
    if "known_from" not in panel.columns:
        return panel, "dated by ds alone: the data do not say when each row could be known"
    late = panel.filter(pl.col("known_from") > pl.col("ds")).height
    if not hindsight or not late:
        return panel, f"vintage true: {panel.height - late:,} of {panel.height:,} rows were known on their own day"
    return (panel.drop("known_from"), f"quality hindsight: {late:,} of {panel.height:,} rows were known only after their own day")
