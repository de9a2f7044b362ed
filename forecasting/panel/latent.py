"""One quality scale from many benchmarks: a two-parameter item-response fit, as in benchmark stitching.

score_ij = sigmoid(a_j (theta_i - b_j)) with ability theta of model i, slope a and difficulty b of benchmark j,
fitted by weighted least squares on logits, alternating between models and benchmarks, with a ridge on both. It lets
dead benchmarks leave without breaking the scale (Epoch AI's Capabilities Index uses the same form). A benchmark is
one version of one benchmark. Belongs here: the fit. Not here: which scores are usable (``listings``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from forecasting.estimators.regression import logit
from warehouse.schema import frames

RIDGE = 0.1
SWEEPS = 60
MIN_MODELS = 8
MIN_SCORES = 2
SHARE_LIKE = (0.0, 100.0)
LOWEST_RATING = 500.0
"""Elo ratings of language models start at 1000; no share or index reaches this."""
RATING_WEIGHT = 0.2
"""Weight of a rating beside the p (1 - p) of a share, whose mean over all scores it is."""


def fit(scores: pl.DataFrame, anchors: tuple[tuple[str, float], tuple[str, float]] | None = None) -> pl.DataFrame:
    """Table latent_quality from ``listings.usable_scores``.

    Uses benchmarks in per cent (all values in 0..100, some above 1) on the logit, and ratings (Elo) on their own line in
    standard deviations, each with at least ``MIN_MODELS`` models; models with ``MIN_SCORES`` benchmarks. ``anchors``: two (model, ability) pairs that fix the scale; without both of them
    on the scale abilities have mean 0 and standard deviation 1.
    """
    rows = _items(scores)
    while True:
        wide = rows.filter((pl.len().over("item") >= MIN_MODELS) & (pl.len().over("model") >= MIN_SCORES))
        if wide.height == rows.height:
            break
        rows = wide
    if rows.is_empty():
        return frames.empty("stats.latent_quality")
    models, i = np.unique(rows["model"].to_numpy().astype(str), return_inverse=True)
    items, j = np.unique(rows["item"].to_numpy().astype(str), return_inverse=True)
    z, w = _observed(rows["score"].to_numpy(), rows["rating"].to_numpy(), j)
    theta, information = _alternate(z, w, i, j, len(models), len(items))
    theta, information = _anchor(theta, information, models, anchors)
    table = pl.DataFrame(
        {
            "model": models,
            "ability_logit": theta,
            "standard_error_logit": 1 / np.sqrt(information),
            "benchmarks_count": np.bincount(i, minlength=len(models)),
        }
    )
    return frames.conform("stats.latent_quality", table)


def _items(scores: pl.DataFrame) -> pl.DataFrame:
    """model, item, score, rating (whether the item is a rating); items that are neither shares nor ratings are left out."""
    item = pl.concat_str("benchmark", "benchmark_version", separator="@")
    low, high = SHARE_LIKE
    value = pl.col("score")
    share = (value.min().over("item") >= low) & (value.max().over("item") <= high) & (value.max().over("item") > 1.0)
    rating = value.min().over("item") >= LOWEST_RATING
    return (
        scores.with_columns(item.alias("item"))
        .with_columns(share.alias("share"), rating.alias("rating"))
        .filter(pl.col("share") | pl.col("rating"))
        .group_by("model", "item")
        .agg(value.median(), pl.col("rating").first())
        .sort("item", "model")
    )


def _observed(score: np.ndarray, rating: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the line is fitted to and its weight: logit and p (1 - p) of a share, standard score and ``RATING_WEIGHT``."""
    p = np.clip(score / 100, 0.01, 0.99)
    count = np.bincount(j)
    mean = np.bincount(j, score) / count
    spread = np.sqrt(np.bincount(j, (score - mean[j]) ** 2) / count)
    standard = (score - mean[j]) / np.where(spread > 0, spread, 1.0)[j]
    return np.where(rating, standard, logit(p, 0.01, 0.99)), np.where(rating, RATING_WEIGHT, p * (1 - p))


def _alternate(z: np.ndarray, w: np.ndarray, i: np.ndarray, j: np.ndarray, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Alternating weighted least squares for z = a_j theta_i + c_j; returns theta and its information."""
    mean = np.bincount(j, w * z, m) / np.bincount(j, w, m)
    theta = np.bincount(i, w * (z - mean[j]), n) / (np.bincount(i, w, n) + RIDGE)
    slope, intercept = np.ones(m), mean
    for _ in range(SWEEPS):
        theta = (theta - theta.mean()) / (theta.std() or 1.0)
        sw, st = np.bincount(j, w, m), np.bincount(j, w * theta[i], m)
        stt, sz = np.bincount(j, w * theta[i] ** 2, m), np.bincount(j, w * z, m)
        szt = np.bincount(j, w * z * theta[i], m)
        determinant = (stt + RIDGE) * sw - st**2
        slope = np.maximum(((szt + RIDGE) * sw - st * sz) / determinant, 0.05)
        intercept = (sz - slope * st) / sw
        weight = np.bincount(i, w * slope[j] ** 2, n)
        theta = np.bincount(i, w * slope[j] * (z - intercept[j]), n) / (weight + RIDGE * w.mean())
    noise = w * (z - slope[j] * theta[i] - intercept[j]) ** 2
    variance = max(float(noise.sum()) / max(len(z) - n - 2 * m, 1), 1e-6)
    return theta, (weight + RIDGE * w.mean()) / variance


def _anchor(
    theta: np.ndarray, information: np.ndarray, models: np.ndarray, anchors: tuple[tuple[str, float], tuple[str, float]] | None
) -> tuple[np.ndarray, np.ndarray]:
    if anchors is not None and all(name in models for name, _ in anchors):
        at = [float(theta[models == name][0]) for name, _ in anchors]
        scale = (anchors[1][1] - anchors[0][1]) / (at[1] - at[0]) if at[1] != at[0] else 1.0
        return anchors[0][1] + scale * (theta - at[0]), information / scale**2
    spread = float(theta.std()) or 1.0
    return (theta - theta.mean()) / spread, information * spread**2
