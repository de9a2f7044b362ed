"""25 questions that people ask of prices, each over parameters drawn anew: of the published warehouse, and of plain Parquet.

``{history}`` and ``{now}`` stand for the marts or for Parquet files of the same rows in the same order.
"""

QUESTIONS = {
    "history of an offer": "SELECT valid_from, price_output_usd_per_mtok FROM {history} WHERE model = $model AND provider = $provider ORDER BY 1",
    "price at a date": "SELECT price_output_usd_per_mtok FROM {history} WHERE model = $model AND provider = $provider AND valid_from <= $day AND (valid_to IS NULL OR valid_to > $day)",
    "all sellers at a date": "SELECT provider, price_output_usd_per_mtok FROM {history} WHERE model = $model AND valid_from <= $day AND (valid_to IS NULL OR valid_to > $day) ORDER BY 2",
    "cheapest seller now": "SELECT provider, price_output_usd_per_mtok FROM {now} WHERE model = $model ORDER BY 2, 1 LIMIT 1",
    "ten cheapest now": "SELECT provider, model, price_output_usd_per_mtok FROM {now} ORDER BY 3, 2, 1 LIMIT 10",
    "price of a model now": "SELECT median(price_output_usd_per_mtok) FROM {now} WHERE model = $model",
    "price list of a seller": "SELECT model, price_input_usd_per_mtok, price_output_usd_per_mtok FROM {now} WHERE provider = $provider ORDER BY 1",
    "first price of a model": "SELECT min(valid_from), arg_min(price_output_usd_per_mtok, valid_from) FROM {history} WHERE model = $model",
    "last change of a model": "SELECT max(valid_from) FROM {history} WHERE model = $model AND valid_from <= $day",
    "changes of a model in a month": "SELECT provider, valid_from FROM {history} WHERE model = $model AND valid_from BETWEEN $day - 30 AND $day ORDER BY ALL",
    "changes of a seller in a month": "SELECT model, valid_from FROM {history} WHERE provider = $provider AND valid_from BETWEEN $day - 30 AND $day ORDER BY ALL",
    "changes in a month": "SELECT count(*) FROM {history} WHERE valid_from BETWEEN $day - 30 AND $day",
    "cuts in a week": "SELECT provider, model FROM {history} WHERE valid_from BETWEEN $day - 7 AND $day AND end_reason = 'changed' ORDER BY ALL LIMIT 100",
    "fall of an offer": "SELECT max(price_output_usd_per_mtok) / min(price_output_usd_per_mtok) FROM {history} WHERE model = $model AND provider = $provider",
    "spread of a model": "SELECT quantile_cont(price_output_usd_per_mtok, [0.1, 0.5, 0.9]) FROM {now} WHERE model = $model",
    "sellers of a model": "SELECT count(DISTINCT provider) FROM {history} WHERE model = $model",
    "models of a developer": "SELECT DISTINCT model FROM {now} WHERE developer = $developer ORDER BY 1",
    "median now": "SELECT median(price_output_usd_per_mtok) FROM {now}",
    "median by tier now": "SELECT provider_tier, median(price_output_usd_per_mtok) FROM {now} GROUP BY 1 ORDER BY 1",
    "open against closed now": "SELECT open_weights, avg(price_output_usd_per_mtok) FROM {now} GROUP BY 1 ORDER BY 1",
    "median on a day": "SELECT median(price_output_usd_per_mtok) FROM {history} WHERE valid_from <= $day AND (valid_to IS NULL OR valid_to > $day)",
    "cost of a bill": "SELECT provider, 3 * price_input_usd_per_mtok + price_output_usd_per_mtok FROM {now} WHERE model = $model ORDER BY 2, 1",
    "who says so": "SELECT source, source_url, confirmed_at FROM {now} WHERE model = $model AND provider = $provider",
    "an interval by its id": "SELECT provider, model, valid_from FROM {history} WHERE interval_id = $interval",
    "what is stale": "SELECT count(*) FROM {now} WHERE confirmed_at < $day - 30",
}
