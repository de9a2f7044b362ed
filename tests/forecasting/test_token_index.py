"""Token volumes priced: router slugs, order of evidence, profiles, the exact split, publication and verification."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import reference
from belief.names.slugs import forms, resolve_slugs
from forecasting.tokens import pricing, profiles, publication, token_index, volumes

DAY = date(2026, 6, 1)
TODAY = date(2026, 11, 27)


def aliases() -> pl.DataFrame:
    """The packaged alias table of the last packaged day."""
    return reference.at("model_aliases", TODAY)


@pytest.mark.parametrize(
    ("slug", "model"),
    [
        ("anthropic/claude-4.7-opus-20260416", "claude-opus-4-7"),
        ("deepseek/deepseek-v4-flash-20260731", "deepseek-v4-flash-0731"),
        ("qwen/qwen3-coder-480b-a35b-07-25:free", "qwen3-coder-480b-a35b"),
        ("moonshotai/kimi-k2.5-0127", "kimi-k2-5"),
    ],
)
def test_a_slug_becomes_its_model_by_rule(slug: str, model: str) -> None:
    found = resolve_slugs([slug], aliases(), TODAY)["model"][0]
    assert found is not None
    assert found.startswith(model)


def test_a_release_that_the_router_sells_goes_before_one_that_somebody_else_lists() -> None:
    table = pl.DataFrame(
        [
            {"alias": a, "provider": "*", "valid_from": None, "valid_to": None, "model": a}
            for a in ("m-flash", "m-flash-0423", "m-flash-0731")
        ],
        schema={"alias": pl.String, "provider": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "model": pl.String},
    )
    slugs = ["x/m-flash-20260423", "x/m-flash-20260731"]
    assert resolve_slugs(slugs, table, TODAY, ["m-flash", "m-flash-0731"])["model"].to_list() == ["m-flash", "m-flash-0731"]
    assert resolve_slugs(slugs, table, TODAY)["model"].to_list() == ["m-flash-0423", "m-flash-0731"]


def test_a_slug_nobody_knows_stays_unknown_and_is_never_guessed() -> None:
    found = resolve_slugs(["acme/claude-4.7-opuss-20260416", "openrouter/owl-alpha", "other", "x/y:free"], aliases(), TODAY)
    assert found["model"].null_count() == 4
    assert dict(found.select("slug", "kind").rows()) == {
        "acme/claude-4.7-opuss-20260416": "model",
        "openrouter/owl-alpha": "stealth",
        "other": "other",
        "x/y:free": "free",
    }
    assert forms("a/claude-3.5-sonnet-20241022")[-1] == ("without the stamp, version last", "claude-sonnet-3.5")


def test_the_rules_map_every_named_token_of_the_packaged_days() -> None:
    held = reference.load("token_volumes").filter(pl.col("gateway") == "openrouter", pl.col("measure") == "total_tokens")
    rows = held.join(resolve_slugs(held["model_label"], aliases(), TODAY), left_on="model_label", right_on="slug")
    named = rows.filter(pl.col("kind").is_in(["model", "free"]))
    for length, least in ((1, 1.0), (7, 0.9995)):
        part = named.filter(pl.col("period_days") == length)
        assert part.drop_nulls("model")["value"].sum() / part["value"].sum() >= least


MODELS = pl.DataFrame({"model": ["closed", "open", "other-open"], "developer": ["A", "B", "B"], "open_weights": [False, True, True]})


def prices(*rows: tuple) -> pl.DataFrame:
    """core.input_price from (model, provider, tier, input, output, cached, from, to)."""
    return pl.DataFrame(
        [
            {
                "offer_id": f"{r[1]}|{r[0]}",
                "model": r[0],
                "provider": r[1],
                "provider_tier": r[2],
                "price_input_usd_per_mtok": r[3],
                "price_output_usd_per_mtok": r[4],
                "price_cached_usd_per_mtok": r[5],
                "valid_from": r[6],
                "valid_to": r[7],
            }
            for r in rows
        ],
        schema={
            "offer_id": pl.String,
            "model": pl.String,
            "provider": pl.String,
            "provider_tier": pl.String,
            **dict.fromkeys(("price_input_usd_per_mtok", "price_output_usd_per_mtok", "price_cached_usd_per_mtok"), pl.Float64),
            "valid_from": pl.Date,
            "valid_to": pl.Date,
        },
    )


def use(*models: str, day: date = DAY) -> pl.DataFrame:
    """(model, day) rows."""
    return pl.DataFrame({"model": models, "day": [day] * len(models)}, schema={"model": pl.String, "day": pl.Date})


EARLY = DAY - timedelta(days=90)


def test_closed_weights_take_the_makers_list_and_open_weights_the_routers_price() -> None:
    table = prices(
        ("closed", "a", "first_party", 2.0, 8.0, 0.2, EARLY, None),
        ("closed", "openrouter", "host", 1.9, 7.9, None, EARLY, None),
        ("open", "b", "first_party", 1.0, 3.0, None, EARLY, None),
        ("open", "openrouter", "open_weights", 0.5, 1.5, 0.1, EARLY, None),
    )
    found = {r["model"]: r for r in pricing.priced(use("closed", "open"), table, MODELS, "openrouter").iter_rows(named=True)}
    assert (found["closed"]["price_input"], found["closed"]["basis"]) == (2.0, "maker")
    assert (found["open"]["price_input"], found["open"]["basis"]) == (0.5, "router")


def test_a_price_out_of_force_is_used_for_a_week_and_flagged_then_no_more() -> None:
    ended = prices(("open", "openrouter", "open_weights", 0.5, 1.5, 0.1, EARLY, DAY - timedelta(days=5)))
    assert pricing.priced(use("open"), ended, MODELS, "openrouter")["near_days"].to_list() == [5]
    gone = prices(("open", "openrouter", "open_weights", 0.5, 1.5, 0.1, EARLY, DAY - timedelta(days=8)))
    assert pricing.priced(use("open"), gone, MODELS, "openrouter").is_empty()


def test_a_cached_price_nobody_states_follows_the_model_then_its_maker_then_the_input_price() -> None:
    later = DAY + timedelta(days=30)
    table = prices(
        ("open", "openrouter", "open_weights", 1.0, 2.0, None, EARLY, later),
        ("open", "openrouter", "open_weights", 1.0, 2.0, 0.25, later, None),
        ("other-open", "openrouter", "open_weights", 2.0, 2.0, None, EARLY, None),
        ("closed", "a", "first_party", 3.0, 9.0, None, EARLY, None),
    )
    found = {r["model"]: r for r in pricing.priced(use("open", "other-open", "closed"), table, MODELS, "openrouter").iter_rows(named=True)}
    assert (found["open"]["price_cached"], found["open"]["cached_basis"]) == (0.25, "model_ratio")
    assert (found["closed"]["price_cached"], found["closed"]["cached_basis"]) == (3.0, "input")
    makers = pl.concat([table, prices(("open", "b", "first_party", 1.0, 2.0, 0.1, EARLY, None))])
    found = {r["model"]: r for r in pricing.priced(use("other-open"), makers, MODELS, "openrouter").iter_rows(named=True)}
    assert found["other-open"]["cached_basis"] == "maker_ratio"
    assert found["other-open"]["price_cached"] == pytest.approx(0.2)


def test_a_router_at_half_of_the_makers_price_of_closed_weights_is_named_and_not_used() -> None:
    table = prices(
        ("closed", "a", "first_party", 0.2, 1.2, None, EARLY, None), ("closed", "openrouter", "host", 0.1, 0.6, None, EARLY, None)
    )
    assert pricing.priced(use("closed"), table, MODELS, "openrouter")["price_input"].to_list() == [0.2]
    assert pricing.leaks(use("closed"), table, MODELS, "openrouter").select("router_input", "maker_input").row(0) == (0.1, 0.2)
    assert pricing.leaks(
        use("open"),
        prices(
            ("open", "b", "first_party", 0.2, 1.2, None, EARLY, None), ("open", "openrouter", "open_weights", 0.1, 0.6, None, EARLY, None)
        ),
        MODELS,
        "openrouter",
    ).is_empty()


def measurement(model: str, day: date, total: float, completion: float, cached: float | None) -> dict[str, object]:
    """One split week: tokens in all, completion tokens, cached prompt tokens."""
    return {
        "model": model,
        "day": day,
        "total_tokens": total,
        "prompt_tokens": total - completion,
        "completion_tokens": completion,
        "cached_tokens": cached,
    }


SPLIT = {
    "model": pl.String,
    "day": pl.Date,
    **dict.fromkeys(("total_tokens", "prompt_tokens", "completion_tokens", "cached_tokens"), pl.Float64),
}


def test_a_profile_change_moves_the_profile_index_and_not_the_price() -> None:
    """In 3, cached .3, out 15: shares .30/.68/.02 cost 1.404, .58/.40/.02 cost 2.16."""
    table = prices(("closed", "a", "first_party", 3.0, 15.0, 0.3, EARLY, None))
    later = DAY + timedelta(days=70)
    split = profiles.measured(
        pl.DataFrame([measurement("closed", DAY, 100, 2, 68), measurement("closed", later, 100, 2, 40)], schema=SPLIT)
    )
    tokens = pl.DataFrame({"day": [DAY, later], "slug": ["a/closed"] * 2, "tokens": [1e9, 1e9]})
    names = pl.DataFrame({"slug": ["a/closed"], "model": ["closed"], "kind": ["model"]})
    priced = token_index.priced_volumes(tokens, names, table, MODELS, split, "openrouter")
    assert priced["own"].to_list() == pytest.approx([1.404, 2.16])
    family, _ = token_index.build(priced, "week")
    last = dict(family.filter(pl.col("day") == pl.col("day").max()).select("index", "value").rows())
    assert last["tok.profile"] == pytest.approx(2.16 / 1.404)
    assert last["tok.price"] == 1
    assert last["tok.spend"] == pytest.approx(2.16)


def test_a_free_route_counts_in_spend_and_not_in_paid_spend() -> None:
    table = prices(("closed", "a", "first_party", 1.0, 1.0, 1.0, EARLY, None))
    names = pl.DataFrame({"slug": ["a/closed", "b/open:free"], "model": ["closed", "open"], "kind": ["model", "free"]})
    tokens = pl.DataFrame({"day": [DAY, DAY], "slug": ["a/closed", "b/open:free"], "tokens": [10.0, 90.0]})
    priced = token_index.priced_volumes(tokens, names, table, MODELS, profiles.measured(pl.DataFrame(schema=SPLIT)), "openrouter")
    first = dict(token_index.build(priced, "day")[0].select("index", "value").rows())
    assert first["tok.spend"] == pytest.approx(0.1)
    assert first["tok.spend.paid"] == pytest.approx(1)
    assert first["coverage"] == 1
    assert first["coverage.free"] == pytest.approx(0.9)


def packaged_prices() -> pl.DataFrame:
    """OpenRouter's and the makers' packaged standard prices by canonical model, as core.input_price has them."""
    from belief.names.aliases import resolve

    rows = resolve(
        reference.load("price_history").filter(
            pl.col("tier") == "standard",
            pl.col("condition") == "",
            pl.col("provider") == "openrouter",
            pl.col("price_input_usd_per_mtok") > 0,
            pl.col("valid_from").is_not_null(),
        ),
        aliases(),
    )
    return rows.drop_nulls("model").select(
        pl.concat_str("provider", "model_label", separator="|").alias("offer_id"),
        "model",
        "provider",
        pl.lit("host").alias("provider_tier"),
        "price_input_usd_per_mtok",
        "price_output_usd_per_mtok",
        pl.col("price_cached_input_usd_per_mtok").alias("price_cached_usd_per_mtok"),
        "valid_from",
        "valid_to",
    )


@pytest.fixture(scope="module")
def published() -> dict[str, pl.DataFrame]:
    """Both published tables from the packaged volumes and OpenRouter's packaged prices."""
    volume = reference.load("token_volumes")
    names = resolve_slugs(volume["model_label"], aliases(), TODAY, packaged_prices()["model"]).rename(
        {"slug": "model_label", "rule": "naming_rule", "kind": "volume_kind"}
    )
    models = reference.load("models").select("model", "developer", "open_weights")
    latent = pl.DataFrame(schema={"model": pl.String, "ability_logit": pl.Float64})
    return publication.build(volume, names, packaged_prices(), models, latent, TODAY)


def test_every_published_week_splits_exactly_into_price_profile_mix_and_entry(published: dict[str, pl.DataFrame]) -> None:
    table = published["stats.token_index"].rename({"index_id": "index", "period_start": "day"})
    assert table["day"].n_unique() >= 9
    assert token_index.split_error(table) < 1e-9


def test_a_published_week_is_recomputed_from_its_weights_and_a_changed_weight_is_noticed(published: dict[str, pl.DataFrame]) -> None:
    weights, values = published["stats.token_weight"], published["stats.token_index"]
    week = values["period_start"].max()
    found = publication.verified(values, weights, week + timedelta(days=3))
    assert found["agrees"].all()
    assert found["inputs_match"].all()
    changed = weights.with_columns(
        pl.when(pl.col("period_start") == week).then(pl.col("volume_tokens") * 1.01 + 1e9).otherwise("volume_tokens").alias("volume_tokens")
    )
    spoilt = publication.verified(values, changed, week)
    assert not spoilt["inputs_match"].any()
    assert not spoilt["agrees"].all()
    with pytest.raises(ValueError, match="no value is published"):
        publication.verified(values, weights, date(2020, 1, 1))


def test_every_published_week_is_recomputed_whatever_came_after_it(published: dict[str, pl.DataFrame]) -> None:
    """Weeks between the first and the last did not verify: a later week had moved their multilateral indices."""
    weights, values = published["stats.token_weight"], published["stats.token_index"]
    for week in values["period_start"].unique().sort():
        found = publication.verified(values, weights, week)
        assert found["agrees"].all() and found["inputs_match"].all(), week
    earlier = publication.recomputed(weights.filter(pl.col("period_start") < values["period_start"].max()), TODAY)
    both = earlier.join(values, on=["index_id", "period_start"], suffix="_later").drop_nulls("value")
    assert both["value"].to_list() == pytest.approx(both["value_later"].to_list(), rel=1e-12)


def test_only_the_last_unbroken_run_of_complete_weeks_is_published() -> None:
    monday = date(2026, 3, 2)
    days = [monday + timedelta(days=k) for k in (*range(14), *range(21, 35), 35, 36)]
    rows = pl.DataFrame({"day": days, "slug": ["a"] * len(days), "tokens": [1.0] * len(days)})
    kept = publication.complete_weeks(rows)["day"]
    assert (kept.min(), kept.max()) == (monday + timedelta(days=21), monday + timedelta(days=34))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ({"date": ["2026-01-01"], "total_tokens": ["1"]}, "model_permaslug"),
        ({"date": ["x"], "model_permaslug": ["a"], "total_tokens": ["1"]}, "no row can be used"),
        ({"date": ["2026-01-01"], "model_permaslug": ["a"], "total_tokens": ["0"]}, "0 in all"),
    ],
)
def test_volumes_without_a_usable_row_are_refused_in_a_sentence(text: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(volumes.BadVolumes, match=sentence):
        volumes.read(pl.DataFrame(text))


def test_the_elasticity_of_simulated_use_is_recovered_with_its_interval() -> None:
    import numpy as np

    from forecasting.tokens import usage

    rng, rows = np.random.default_rng(5), []
    for k in range(40):
        price, tokens = np.exp(rng.normal(0, 1)), np.exp(rng.normal(20, 1))
        for week in range(12):
            moved = price * (0.6 if k % 3 == 0 and week >= 5 + k % 4 else 1.0)
            rows.append(
                {
                    "period_start": date(2026, 1, 5) + timedelta(weeks=week),
                    "model_label": f"m{k}",
                    "model": f"m{k}",
                    "volume_kind": "model",
                    "volume_tokens": float(tokens * (moved / price) ** -1.5 * np.exp(rng.normal(0, 0.05))),
                    "fixed_profile_usd_per_mtok": float(moved),
                    "effective_usd_per_mtok": float(moved),
                }
            )
    found = usage.elasticity(pl.DataFrame(rows))
    assert found is not None
    assert found["elasticity"] == pytest.approx(-1.5, abs=0.1)
    assert found["elasticity_low"] < -1.5 < found["elasticity_high"]


def test_use_whose_price_never_moved_has_no_elasticity_and_growth_is_first_against_last(published: dict[str, pl.DataFrame]) -> None:
    from forecasting.tokens import usage

    weights = published["stats.token_weight"]
    still = weights.with_columns(fixed_profile_usd_per_mtok=pl.lit(1.0))
    assert usage.elasticity(still) is None
    table = usage.build(weights, reference.load("token_volumes"))
    tokens = table.filter(pl.col("measure") == "weekly tokens of named models").row(0, named=True)
    first = weights.filter(pl.col("period_start") == weights["period_start"].min(), pl.col("volume_kind") != "other")["volume_tokens"].sum()
    assert tokens["first_value"] == pytest.approx(first)
    assert tokens["growth_factor"] == pytest.approx(tokens["last_value"] / first)


def test_shares_of_spend_and_tokens_reveal_the_average_price() -> None:
    """Two models at 1 and 3 USD with half of the tokens each: the average token costs 2, whatever one looks at."""
    from forecasting.tokens import revealed

    table = prices(
        ("closed", "a", "first_party", 1.0, 1.0, 1.0, EARLY, None), ("open", "openrouter", "open_weights", 3.0, 3.0, 3.0, EARLY, None)
    )
    names = pl.DataFrame(
        {
            "model_label": ["Closed", "Open", "Other"],
            "model": ["closed", "open", None],
            "naming_rule": ["r", "r", None],
            "route": [None] * 3,
            "volume_kind": ["model", "model", "other"],
        }
    )
    shares = [("Closed", 25.0, 50.0), ("Open", 75.0, 50.0)]
    rows = [
        {"gateway": "vercel", "period_start": DAY, "period_days": 1, "model_label": n, "measure": m, "value": v, "unit": "percent"}
        for n, s, t in shares
        for m, v in (("spend_share", s), ("token_share", t))
    ]
    found = revealed.build(pl.DataFrame(rows), names, table, MODELS).row(0, named=True)
    assert found["revealed_usd_per_mtok"] == pytest.approx(2.0)
    assert (found["models_count"], found["spend_share"]) == (2, 1.0)


def test_volumes_that_nothing_prices_say_so_and_still_give_their_coverage() -> None:
    names = pl.DataFrame({"slug": ["a/nobody", "b/open:free"], "model": [None, "open"], "kind": ["model", "free"]})
    tokens = pl.DataFrame({"day": [DAY, DAY], "slug": ["a/nobody", "b/open:free"], "tokens": [30.0, 10.0]})
    priced = token_index.priced_volumes(tokens, names, prices(), MODELS, profiles.measured(pl.DataFrame(schema=SPLIT)), "openrouter")
    table, said = token_index.build(priced, "day")
    found = dict(table.select("index", "value").rows())
    assert found["coverage"] == 0.25
    assert "tok.price" not in found
    assert token_index.NOTHING_PRICED in said


def test_the_weights_of_a_week_are_the_same_to_the_last_digit_every_time() -> None:
    rng = np.random.default_rng(5)
    n = 400
    usd = rng.lognormal(0, 2, n)
    priced = pl.DataFrame(
        {
            "day": [date(2026, 6, 15)] * n,
            "slug": [f"m{i}" for i in range(n)],
            "model": [f"m{i}" for i in range(n)],
            "kind": ["model"] * n,
            "tokens": rng.lognormal(20, 3, n),
            "list": usd,
            "own": usd * 0.3,
            "fixed": usd * 0.4,
            "basis": ["maker"] * n,
            "near_days": [0] * n,
            "cached_basis": ["stated"] * n,
            "profile_basis": ["measured"] * n,
        }
    )
    latent = pl.DataFrame({"model": priced["model"], "ability_logit": rng.standard_normal(n)})
    first = publication.weights(priced, latent)
    for _ in range(30):
        assert_frame_equal(publication.weights(priced, latent), first, check_exact=True)


def test_volumes_after_the_last_known_price_are_not_priced_as_unchanged() -> None:
    """Volumes of 2027 priced by lists last seen in 2026 once gave an index of exactly 1 with no width."""
    text = {"date": [" 2026-11-20", "2026-11-29", "2027-07-26"], "model_permaslug": ["a"] * 3, "total_tokens": [" 5 "] * 3}
    rows, said = volumes.read(pl.DataFrame(text))
    kept, told = volumes.until(rows, date(2026, 11, 22))
    assert not said and kept["day"].to_list() == [date(2026, 11, 20), date(2026, 11, 29)]
    assert "1 of 3 volumes are of later days" in told[0]
    assert volumes.until(kept, date(2026, 11, 22))[1] == []
    with pytest.raises(volumes.BadVolumes, match="known up to 2026-01-01"):
        volumes.until(rows, date(2026, 1, 1))
