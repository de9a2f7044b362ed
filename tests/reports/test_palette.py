"""Colours of series stay apart for colour-blind readers, and stand out from their ground."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from reports.writing.drawing import PALETTE, SERIES_COLOURS

# Machado, Oliveira and Fernandes 2009, table of simulation matrices at severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
# Ottosson 2020, linear sRGB to OKLab.
LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
)
LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
)
APART = 0.10


def linear(colour: str) -> np.ndarray:
    raw = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)


def distance(one: str, other: str, sight: np.ndarray) -> float:
    labs = [LAB @ np.cbrt(np.clip(LMS @ np.clip(sight @ linear(c), 0, 1), 0, None)) for c in (one, other)]
    return float(np.linalg.norm(labs[0] - labs[1]))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def series(ground: int) -> list[str]:
    """The series' colours as they look on the light (0) or dark (1) ground."""
    return [next(pair[ground] for _css, *pair in PALETTE.values() if pair[0] == colour) for colour in SERIES_COLOURS]


@pytest.mark.parametrize("ground", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("sight", sorted(SIGHT))
def test_any_two_series_can_be_told_apart(sight, ground):
    near = [(round(distance(a, b, SIGHT[sight]), 3), a, b) for a, b in combinations(series(ground), 2)]
    assert min(near)[0] >= APART, sorted(near)[:3]


@pytest.mark.parametrize("ground", [0, 1], ids=["light", "dark"])
def test_lines_and_words_stand_out_from_their_ground(ground):
    under = PALETTE["ground"][1 + ground]
    assert all(contrast(colour, under) >= 3 for colour in series(ground))
    assert all(contrast(PALETTE[word][1 + ground], under) >= 4.5 for word in ("ink", "muted"))


def test_the_simulation_knows_the_confusion_it_is_for():
    assert distance("#ad4c14", "#8a6800", SIGHT["deuteranopia"]) < 0.05 < distance("#ad4c14", "#8a6800", SIGHT["normal"])


def test_every_chart_is_valid_vega_lite(full) -> None:
    import altair as alt

    from reports.facts import FactBook
    from reports.page.render import draw_all

    drawn = draw_all(FactBook(full))
    assert len(drawn) > 8
    for chart in drawn.values():
        alt.Chart.from_dict(chart.spec, validate=True)
    broken = next(iter(drawn.values())).spec | {"mark": "no such mark"}
    with pytest.raises(Exception, match="no such mark"):
        alt.Chart.from_dict(broken, validate=True)
