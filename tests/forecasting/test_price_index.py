"""``deflation index PANEL``: answers known by hand, identities on random panels, bad input, sampling interval."""

from __future__ import annotations

import io
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from forecasting.indices import family, item_panel, multilateral
from pipelines.commands.index import command

PRICE_FORMULAE = ("price", "fisher", "laspeyres", "paasche", "geks", "tpd")
SYMMETRIC = ("price", "fisher", "geks", "tpd")


def panel(*days: dict[str, tuple[float, ...]]) -> pl.DataFrame:
    """One row per item and day, from a mapping item -> (price, quantity[, quality]) per day."""
    start = date(2026, 1, 5)
    return pl.DataFrame(
        [
            {
                "item": item,
                "day": start + timedelta(k),
                "price": float(row[0]),
                "quantity": float(row[1]),
                "quality": float(row[2]) if len(row) > 2 else None,
            }
            for k, day in enumerate(days)
            for item, row in day.items()
        ],
        schema={"item": pl.String, "day": pl.Date, "price": pl.Float64, "quantity": pl.Float64, "quality": pl.Float64},
    )


def values(frame: pl.DataFrame, window: int = family.WINDOW) -> dict[str, list[float]]:
    """index -> its values by day."""
    table, _ = family.compute(item_panel.read(frame), window)
    return {str(k[0]): g["value"].to_list() for k, g in table.group_by("index", maintain_order=True)}


def random_panel(seed: int, items: int = 12, days: int = 9, complete: bool = True) -> pl.DataFrame:
    """Prices and quantities that wander; with ``complete=False`` a third of the cells is absent."""
    rng = np.random.default_rng(seed)
    price = np.exp(rng.normal(0, 1, (items, 1)) + np.cumsum(rng.normal(-0.05, 0.2, (items, days)), axis=1))
    quantity = np.exp(rng.normal(0, 1, (items, 1)) + np.cumsum(rng.normal(0, 0.4, (items, days)), axis=1))
    cells = [(i, t) for i in range(items) for t in range(days) if complete or i == 0 or rng.random() < 2 / 3]
    return pl.DataFrame(
        {
            "item": [f"item {i}" for i, _ in cells],
            "day": [date(2026, 1, 5) + timedelta(t) for _, t in cells],
            "price": [float(price[c]) for c in cells],
            "quantity": [float(quantity[c]) for c in cells],
        }
    )


BY_HAND = {
    "quantities move to the dear item": (
        panel({"A": (10, 1), "B": (1, 9)}, {"A": (10, 3), "B": (1, 7)}),
        {"spend": [1.9, 3.7], "mix": [1, 3.7 / 1.9], "entry": [1, 1], **{f: [1, 1] for f in PRICE_FORMULAE}},
    ),
    "one price halves": (
        panel({"A": (10, 1), "B": (1, 10)}, {"A": (5, 4), "B": (1, 10)}),
        {
            "laspeyres": [1, 0.75],
            "paasche": [1, 0.6],
            "fisher": [1, 0.45**0.5],
            "price": [1, 0.5 ** ((1 / 2 + 2 / 3) / 2)],
            "geks": [1, 0.5 ** ((1 / 2 + 2 / 3) / 2)],
        },
    ),
    "a cheap item enters": (
        panel({"A": (10, 1)}, {"A": (10, 1), "B": (1, 9)}),
        {"price": [1, 1], "mix": [1, 1], "entry": [1, 0.19], "spend": [10, 1.9]},
    ),
    "a sale drifts in Laspeyres alone": (
        panel({"A": (1, 1), "B": (1, 1)}, {"A": (0.5, 10), "B": (1, 1)}, {"A": (1, 1), "B": (1, 1)}),
        {"laspeyres": [1, 0.75, 1.375], "price": [1, 0.5 ** ((1 / 2 + 5 / 6) / 2), 1], "mix": [1, None, 1]},
    ),
    "equal shares": (
        panel({"A": (1, 1), "B": (1, 1)}, {"A": (2, 0.5), "B": (1, 1)}, {"A": (4, 0.25), "B": (1, 1)}),
        {f: [1, 2**0.5, 2] for f in SYMMETRIC},
    ),
    "a free item leaves": (
        panel({"F": (0, 90), "A": (1, 10)}, {"A": (1, 10)}),
        {"spend": [0.1, 1], "price": [1, 1], "mix": [1, 1], "entry": [1, 1]},
    ),
    "quality doubles at the same price": (
        panel({"A": (1, 1, 0), "B": (np.e, 1, 1)}, {"A": (1, 1, 1), "B": (np.e, 1, 2)}),
        {"quality": [1, np.exp(-1)]},
    ),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_a_panel_known_by_hand_gives_its_indices(case: str) -> None:
    frame, expected = BY_HAND[case]
    found = values(frame)
    for name, row in expected.items():
        for day, value in enumerate(row):
            if value is not None:
                assert found[name][day] == pytest.approx(value, rel=1e-12), (name, day)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("complete", [True, False])
def test_unit_price_is_price_times_mix_times_entry(seed: int, complete: bool) -> None:
    found = values(random_panel(seed, complete=complete))
    for day in range(9):
        product = found["price"][day] * found["mix"][day] * found["entry"][day]
        assert found["spend"][day] / found["spend"][0] == pytest.approx(product, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_reversed_time_inverts_the_symmetric_indices(seed: int) -> None:
    frame = random_panel(seed, complete=False)
    days = frame["day"].unique().sort().to_list()
    backwards = frame.with_columns(pl.col("day").replace_strict(dict(zip(days, reversed(days), strict=True))))
    forth, back = values(frame), values(backwards)
    for name in SYMMETRIC:
        for day in range(9):
            assert back[name][day] == pytest.approx(forth[name][8 - day] / forth[name][8], rel=1e-9), name


@pytest.mark.parametrize("name", ["geks", "tpd"])
def test_a_multilateral_index_is_transitive_inside_its_window(name: str) -> None:
    frame = random_panel(4)
    days = frame["day"].unique().sort().to_list()
    whole = values(frame)[name]
    # another first day: the others in any order must give the same ratios between any two days
    order = [days[5], *[d for d in days if d != days[5]]]
    moved = frame.with_columns(pl.col("day").replace_strict(dict(zip(order, days, strict=True))))
    other = dict(zip(order, values(moved)[name], strict=True))
    for day, value in zip(days, whole, strict=True):
        assert other[day] == pytest.approx(value / whole[5], rel=1e-9)


def test_geks_equals_the_geometric_mean_of_all_indirect_tornqvists() -> None:
    frame = random_panel(7, items=5, days=4)
    wide = frame.pivot(on="day", index="item", values=["price", "quantity"]).drop("item").to_numpy()
    price, spend = wide[:, :4], wide[:, :4] * wide[:, 4:]
    share = spend / spend.sum(axis=0)
    pair = [[float(((share[:, s] + share[:, t]) / 2 * np.log(price[:, t] / price[:, s])).sum()) for t in range(4)] for s in range(4)]
    expected = [np.exp(np.mean([pair[0][via] + pair[via][t] for via in range(4)])) for t in range(4)]
    assert values(frame)["geks"] == pytest.approx(expected, rel=1e-12)


def test_the_time_product_dummy_is_the_weighted_regression() -> None:
    import statsmodels.api as sm

    frame = random_panel(8, items=6, days=5, complete=False)
    spend = pl.col("price") * pl.col("quantity")
    rows = frame.with_columns((spend / spend.sum().over("day")).alias("w"))
    design = (
        pl.concat(
            [rows.select("item").to_dummies(), rows.select(pl.col("day").cast(pl.String)).to_dummies(drop_first=True)], how="horizontal"
        )
        .to_numpy()
        .astype(float)
    )
    order = sorted(set(rows["day"].cast(pl.String)))
    names = rows.select(pl.col("day").cast(pl.String)).to_dummies(drop_first=True).columns
    fit = sm.WLS(np.log(rows["price"].to_numpy()), design, weights=rows["w"].to_numpy()).fit()
    effect = dict(zip(names, fit.params[-len(names) :], strict=True))
    base = effect.get(f"day_{order[0]}", 0.0)
    assert np.log(values(frame)["tpd"]) == pytest.approx([effect.get(f"day_{d}", 0.0) - base for d in order], abs=1e-9)


@pytest.mark.parametrize("name", PRICE_FORMULAE)
def test_every_price_doubled_doubles_a_price_index_and_tokens_doubled_do_nothing(name: str) -> None:
    frame = random_panel(2)
    last = pl.col("day") == frame["day"].max()
    repeated = pl.concat([frame, frame.filter(last).with_columns(day=pl.col("day") + timedelta(1))])
    moved = pl.col("day") == repeated["day"].max()
    dear = repeated.with_columns(pl.when(moved).then(pl.col("price") * 2).otherwise("price").alias("price"))
    much = repeated.with_columns(pl.when(moved).then(pl.col("quantity") * 2).otherwise("quantity").alias("quantity"))
    if name in ("geks", "tpd"):  # multilateral: proportional over two days, and exactly so between them
        dear, much = dear.filter(pl.col("day") >= frame["day"].max()), much.filter(pl.col("day") >= frame["day"].max())
    found = values(dear)[name]
    assert found[-1] / found[-2] == pytest.approx(2, rel=1e-9)
    found = values(much)[name]
    assert found[-1] / found[-2] == pytest.approx(1, rel=1e-9)


def test_names_and_the_order_of_rows_change_no_byte() -> None:
    frame = random_panel(3, complete=False)
    renamed = frame.with_columns(
        pl.col("item").replace_strict({n: f"{hash(n) % 997:03}-{k}" for k, n in enumerate(frame["item"].unique().sort().to_list())})
    ).sample(fraction=1, shuffle=True, seed=1)
    tables = [family.compute(item_panel.read(f))[0].write_csv() for f in (frame, renamed)]
    assert tables[0] == tables[1]


def test_the_splice_continues_a_constant_decline_whatever_the_window() -> None:
    days = [{f"i{k}": (10.0 * (k + 1) * 0.9**t, 1.0 + (k * t) % 3) for k in range(4)} for t in range(12)]
    for window in (2, 3, 5, 12):
        found = values(panel(*days), window)
        for name in ("geks", "tpd"):
            assert found[name] == pytest.approx([0.9**t for t in range(12)], rel=1e-9), (name, window)


def test_a_spliced_period_is_the_mean_over_the_overlap() -> None:
    read = item_panel.read(random_panel(6, days=5))
    published = multilateral.spliced(read, 3, multilateral.geks)[0]
    last = multilateral.geks(read, 2, 5)[0]
    assert published[4] == pytest.approx(np.mean([published[2] + last[2] - last[0], published[3] + last[2] - last[1]]))


def test_pairs_computed_in_spans_give_the_windows_computed_one_by_one() -> None:
    read = item_panel.read(random_panel(9, days=14, complete=False))
    one_by_one = multilateral.spliced(read, 4, multilateral.geks)
    assert multilateral.spliced(read, 4, multilateral.geks_in_spans(4)) == pytest.approx(one_by_one, rel=1e-12, nan_ok=True)


def said(frame: pl.DataFrame) -> str:
    """All sentences about a panel."""
    read = item_panel.read(frame)
    return " ".join([*read.messages, *family.compute(read)[1]])


def test_a_missing_link_is_empty_and_said_while_the_rest_is_computed() -> None:
    frame = panel({"A": (1, 1)}, {"A": (2, 1)}, {"B": (5, 1)}, {"B": (4, 1)})
    found = values(frame)
    assert found["price"] == [1, 2, None, None]
    assert found["spend"] == [1, 2, 5, 4]
    assert found["geks"] == [1, 2, None, None]
    assert "link missing on 2026-01-07" in said(frame)


def test_geks_bridges_a_day_on_which_an_item_was_away() -> None:
    frame = panel({"A": (1, 1), "B": (1, 1)}, {"B": (1, 1)}, {"A": (2, 1), "B": (1, 1)})
    found = values(frame)
    assert found["price"] == [1, 1, 1]
    assert found["geks"][2] > 1.2
    assert "1 items are missing on some day" in said(frame)


def test_lots_are_joined_and_repeats_counted_once() -> None:
    one = panel({"A": (1, 1), "B": (1, 1)}, {"A": (2, 4), "B": (1, 1)})
    day = one["day"].max()
    extra = pl.concat(
        [
            one,
            one.filter(pl.col("day") == day, pl.col("item") == "B"),
            pl.DataFrame([{"item": "A", "day": day, "price": 1.0, "quantity": 4.0, "quality": None}], schema=one.schema),
        ]
    )
    assert values(extra) == values(panel({"A": (1, 1), "B": (1, 1)}, {"A": (1.5, 8), "B": (1, 1)}))
    assert "1 rows repeat" in said(extra)
    assert "unit value" in said(extra)


def test_quality_is_not_published_under_seventy_per_cent_of_spend() -> None:
    frame = panel({"A": (1, 8, 1), "B": (2, 1, 2)}, {"A": (1, 2, 1), "B": (2, 1, 2), "C": (1, 9)}, {"A": (1, 8, 1), "B": (2, 2, 2)})
    assert values(frame)["quality"] == pytest.approx([1, None, 1])
    assert "quality is empty on 1 of 3 days (first 2026-01-06)" in said(frame)


def index_command(text: str, *options: str) -> tuple[int, str, str]:
    """Exit code, output and error of ``deflation index -`` on ``text``."""
    done = CliRunner().invoke(command, ["-", *options], input=text)
    return done.exit_code, done.stdout, done.stderr


HEADER = "item,day,price,quantity\n"
BAD = {
    "an unreadable day": ("A,2026-01-01,1,1\nA,soon,1,1\n", "no readable day"),
    "a price in words": ("A,2026-01-01,1,1\nB,2026-01-01,free,1\n", "no readable price"),
    "a negative price": ("A,2026-01-01,1,1\nB,2026-01-01,-1,1\n", "negative price"),
    "an infinite quantity": ("A,2026-01-01,1,1\nB,2026-01-01,1,inf\n", "no readable quantity"),
    "a day without quantity": ("A,2026-01-01,1,1\nA,2026-01-02,1,0\n", "no quantity at all"),
    "an unsold item": ("A,2026-01-01,1,1\nB,2026-01-01,1,0\n", "no weight on that day"),
    "a price of zero": ("A,2026-01-01,1,1\nB,2026-01-01,0,1\n", "count in spend only"),
    "a single day": ("A,2026-01-01,1,1\n", "one day only"),
    "a gap": ("A,2026-01-01,1,1\nA,2026-01-02,1,1\nA,2026-01-03,1,1\nA,2026-02-01,1,1\n", "nothing was filled in"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_faulty_panel_gets_a_sentence_and_what_can_be_computed(fault: str) -> None:
    rows, sentence = BAD[fault]
    code, out, err = index_command(HEADER + rows)
    assert code == 0
    assert sentence in err
    assert "spend,2026-01-01,1.0," in out or "spend,2026-01-01,0.5," in out


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEADER, HEADER + "A,2026-01-01,1,0\n", "\x00\x01"])
def test_a_panel_without_a_usable_row_is_refused_in_a_sentence(text: str) -> None:
    code, out, err = index_command(text)
    assert code == 1
    assert out == ""
    assert err.startswith("Error: -: ")


def test_the_interval_covers_the_index_of_the_population_nine_times_in_ten() -> None:
    """Panels of 40 items drawn from a population of 4,000: 90 % limits of price and geks hold its index."""
    rng = np.random.default_rng(11)
    population, days = 4000, 4
    price = np.exp(rng.normal(0, 1, (population, 1)) + np.cumsum(rng.normal(-0.03, 0.15, (population, days)), axis=1))
    quantity = np.exp(rng.normal(0, 0.8, (population, 1)) + rng.normal(0, 0.2, (population, days)))

    def frame(rows: np.ndarray) -> pl.DataFrame:
        i, t = np.repeat(rows, days), np.tile(np.arange(days), len(rows))
        return pl.DataFrame(
            {
                "item": i.astype(str),
                "day": pl.Series([date(2026, 1, 5) + timedelta(int(k)) for k in t]),
                "price": price[i, t],
                "quantity": quantity[i, t],
            }
        )

    truth = values(frame(np.arange(population)))
    hits = {"price": 0, "geks": 0}
    draws = 150
    for _ in range(draws):
        table, _ = family.compute(item_panel.read(frame(rng.choice(population, 40, replace=False))))
        last = {r["index"]: r for r in table.filter(pl.col("day") == table["day"].max()).iter_rows(named=True)}
        for name in hits:
            hits[name] += last[name]["lower"] <= truth[name][-1] <= last[name]["upper"]
    assert all(0.82 <= n / draws <= 0.97 for n in hits.values()), hits


def test_standard_input_and_the_out_option_give_the_same_table(tmp_path: object) -> None:
    text = random_panel(1).write_csv()
    _, printed, _ = index_command(text)
    target = f"{tmp_path}/out.csv"
    assert index_command(text, "--out", target)[1] == ""
    assert open(target, encoding="utf-8").read() == printed
    assert pl.read_csv(io.StringIO(printed)).columns == ["index", "day", "value", "lower", "upper"]
