"""``deflation index PANEL`` against formulas written out once more in plain arithmetic, without the library's arrays."""

from __future__ import annotations

import csv
import io
import math
import random
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from pipelines.commands.index import command

Day = dict[str, tuple[float, float]]


def market(seed: int, days: int = 8, items: int = 9) -> list[Day]:
    """Item -> (price, quantity) by day; items come and go, one is never away, some days nobody buys one of them."""
    draw, out = random.Random(seed), []
    price = {f"i{k}": math.exp(draw.gauss(0, 2)) for k in range(items)}
    for _ in range(days):
        price = {k: p * math.exp(draw.gauss(-0.05, 0.3)) for k, p in price.items()}
        kept = [k for k in price if k == "i0" or draw.random() < 0.75]
        out.append({k: (price[k], math.exp(draw.gauss(0, 1.5))) for k in kept})
    return out


def printed(days: list[Day], scale: float = 1.0) -> dict[str, list[float]]:
    """index -> values by day, as the command prints them."""
    start = date(2026, 1, 1)
    rows = [f"{k},{start + timedelta(t)},{p * scale!r},{q!r}" for t, day in enumerate(days) for k, (p, q) in day.items()]
    random.Random(1).shuffle(rows)
    done = CliRunner().invoke(command, ["-"], input="item,day,price,quantity\n" + "\n".join(rows))
    assert done.exit_code == 0, done.output
    found: dict[str, list[float]] = {}
    for row in csv.DictReader(io.StringIO(done.stdout)):
        found.setdefault(row["index"], []).append(float(row["value"]))
    return found


def link(a: Day, b: Day) -> dict[str, float]:
    """Laspeyres, Paasche, Fisher and Tornqvist of the items of both days."""
    both = sorted(a.keys() & b.keys())
    worth = {(x, y): sum(x_[k][0] * y_[k][1] for k in both) for x, x_ in (("a", a), ("b", b)) for y, y_ in (("a", a), ("b", b))}
    laspeyres, paasche = worth["b", "a"] / worth["a", "a"], worth["b", "b"] / worth["a", "b"]
    share = [(a[k][0] * a[k][1] / worth["a", "a"] + b[k][0] * b[k][1] / worth["b", "b"]) / 2 for k in both]
    tornqvist = math.exp(sum(s * math.log(b[k][0] / a[k][0]) for s, k in zip(share, both, strict=True)))
    return {"laspeyres": laspeyres, "paasche": paasche, "fisher": math.sqrt(laspeyres * paasche), "price": tornqvist}


def unit_value(day: Day, items: set[str] | None = None) -> float:
    """Spend over quantity of the day, or of some of its items."""
    kept = [day[k] for k in (items or day.keys())]
    return sum(p * q for p, q in kept) / sum(q for _, q in kept)


def chained(days: list[Day], name: str) -> list[float]:
    """Cumulated links."""
    out = [1.0]
    for a, b in zip(days, days[1:], strict=False):
        out.append(out[-1] * link(a, b)[name])
    return out


def geks(days: list[Day]) -> list[float]:
    """Geometric mean over every day as the bridge."""
    n = len(days)
    return [math.exp(sum(math.log(link(days[0], m)["price"] * link(m, d)["price"]) for m in days) / n) for d in days]


def time_product_dummy(days: list[Day]) -> list[float]:
    """Weighted least squares on item and day effects, weights the shares of each day's spend, by alternation."""
    weight = [{k: p * q / sum(x * y for x, y in day.values()) for k, (p, q) in day.items()} for day in days]
    level, item = [0.0] * len(days), dict.fromkeys({k for day in days for k in day}, 0.0)
    for _ in range(4000):
        for k in item:
            seen = [(w[k], math.log(day[k][0]) - x) for w, day, x in zip(weight, days, level, strict=True) if k in day]
            item[k] = sum(w * v for w, v in seen) / sum(w for w, _ in seen)
        level = [sum(w[k] * (math.log(day[k][0]) - item[k]) for k in day) for w, day in zip(weight, days, strict=True)]
    return [math.exp(x - level[0]) for x in level]


@pytest.mark.parametrize("seed", range(4))
def test_every_index_is_what_its_formula_gives_by_plain_arithmetic(seed: int) -> None:
    days = market(seed)
    got = printed(days)
    for name in ("price", "fisher", "laspeyres", "paasche"):
        assert got[name] == pytest.approx(chained(days, name), rel=1e-9), name
    assert got["geks"] == pytest.approx(geks(days), rel=1e-9)
    assert got["tpd"] == pytest.approx(time_product_dummy(days), rel=1e-9)
    assert got["spend"] == pytest.approx([unit_value(d) for d in days], rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_mix_and_entry_are_what_is_left_of_the_unit_value(seed: int) -> None:
    days = market(seed)
    mix, entry = [1.0], [1.0]
    for a, b in zip(days, days[1:], strict=False):
        both = a.keys() & b.keys()
        matched = unit_value(b, both) / unit_value(a, both)
        mix.append(mix[-1] * matched / link(a, b)["price"])
        entry.append(entry[-1] * unit_value(b) / unit_value(a) / matched)
    got = printed(days)
    assert got["mix"] == pytest.approx(mix, rel=1e-9)
    assert got["entry"] == pytest.approx(entry, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-12, 1e9, 1e40])
def test_the_unit_of_prices_moves_spend_alone(scale: float) -> None:
    days = market(9)
    here, there = printed(days), printed(days, scale)
    for name, values in here.items():
        factor = scale if name == "spend" else 1.0
        assert there[name] == pytest.approx([v * factor for v in values], rel=1e-9), name


def test_a_price_that_no_product_can_hold_is_left_out_with_a_sentence(recwarn: pytest.WarningsRecorder) -> None:
    text = "item,day,price,quantity\na,2026-01-01,1,1\nb,2026-01-01,1e300,1\na,2026-01-02,2,1\nb,2026-01-02,1e300,1e300\n"
    done = CliRunner().invoke(command, ["-"], input=text)
    assert done.exit_code == 0 and "2 of 4 rows have a price or quantity outside" in done.stderr
    assert "price,2026-01-02,2.0" in done.stdout
    assert not [w for w in recwarn if issubclass(w.category, RuntimeWarning)]
