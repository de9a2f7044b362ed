"""Rebuild reference/models.csv and model_aliases.csv from labels, rules and the curated tables.

    .venv/bin/python -m research.builders.build_models DEFLATION_DATA

Labels come from price_history.parquet, from the model columns of the study's expected price rows (labels as
printed on providers' pages) and from the benchmark lists; each label is normalised as production does,
spelled by model_rules.py, and looked up in curated_aliases.csv. Nothing is matched by likeness.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import polars as pl

from belief.names.aliases import normalise
from reference import FOLDER
from reference.schema import SCHEMAS
from research.builders import quality_labels
from research.builders.model_rules import ONE_RELEASE, hosted, spelled, undated
from research.builders.model_traits import developer_of, family_of, kind_of, openness, sizes_of
from research.builders.study_rows import read

HERE = Path(__file__).resolve().parent

OWN = {
    "source": "deflation project",
    "source_ref": "research/builders/build_models.py",
    "source_url": "",
    "licence": "Apache-2.0",
}
TIMELESS = date(2020, 1, 1)
MODELSDEV = {
    "source": "models.dev",
    "source_ref": "sst/models.dev git history 2025-06..2026-07",
    "source_url": "https://github.com/sst/models.dev",
    "licence": "MIT",
}
NO_NAME = ("", "community")
"""What is left of labels whose last path element is not a model's name."""


def labels(data: Path) -> list[tuple[str, str]]:
    """(provider or "*", label), sorted: what has to be mapped."""
    found = set(pl.read_parquet(FOLDER / "price_history.parquet").select("provider", "model_label").unique().rows())
    for row in read(data / "prices" / "index.csv"):
        path = data / "prices" / row["expected_csv"]
        if row["expected_csv"] and path.exists():
            found |= {(row["provider"], r["model"]) for r in read(path)}
    pages = pl.read_parquet(FOLDER / "price_pages.parquet").filter(pl.col("provider") != "azure")  # Azure's meters are shorthand: curated
    found |= set(pages.select("provider", "model_label").unique().rows())
    found |= {("*", base) for base in quality_labels.bases(data)}
    return sorted(found)


class Namer:
    """Decides the canonical model of a spelled form, from the curated table and the dates seen."""

    def __init__(self, forms: set[str], curated: list[dict[str, str]]) -> None:
        self.curated: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in curated:
            self.curated[row["alias"]].append(row)
        self.forms = forms
        self.dates: dict[str, set[str]] = defaultdict(set)
        for form in forms:
            base, when = undated(form)
            if when and form not in self.curated:  # misprinted dates are curated away
                self.dates[base].add(when.replace("-", ""))

    def model(self, form: str) -> tuple[str, str]:
        """(canonical model, reason) of a form that has no curated row."""
        base, when = undated(form)
        if when:
            short = len(when.replace("-", "")) < 8
            if short and not ONE_RELEASE.match(base):
                return form, "a short date in a name: a release of its own"
            if base in self.curated or len(self.dates[base]) > 1:
                return form, "a dated snapshot; the name has had several"
            return base, "the only dated snapshot of this name"
        stem = form.removesuffix("-latest")
        if stem != form and stem in self.forms and stem not in self.curated and len(self.dates[stem]) < 2:
            return stem, "latest of a name with one release"
        return form, "the label itself"

    def rows(self, form: str) -> list[dict[str, str]]:
        """Alias rows (provider, valid_from, valid_to, model, reason) of a form."""
        if form in self.curated:
            return self.curated[form]
        model, reason = self.model(form)
        return [{"provider": "*", "valid_from": "", "valid_to": "", "model": model, "reason": reason}]


def aliases(pairs: list[tuple[str, str]], curated: list[dict[str, str]]) -> list[dict[str, object]]:
    """One row per (normalised label, scope, period)."""
    spelling = {form: spelled(form) for form in {normalise(label) for _, label in pairs}}
    namer = Namer({s for s, _ in spelling.values()}, curated)
    out: dict[tuple, dict[str, object]] = {}
    for provider, label in pairs:
        form = normalise(label)
        if form in NO_NAME:
            continue
        endpoint = hosted(form, provider)
        plain, why = spelling[form] if endpoint == form else spelled(endpoint)
        for row in namer.rows(plain):
            scope = row["provider"] if endpoint == form else provider
            if endpoint != form and row["provider"] not in ("*", provider):
                continue
            reason = "; ".join(r for r in (why, "an endpoint of this host" if endpoint != form else "", row["reason"]) if r)
            key = (form, scope, row["valid_from"], row["valid_to"])
            out.setdefault(
                key,
                {
                    "alias": form,
                    "provider": scope,
                    "valid_from": row["valid_from"],
                    "valid_to": row["valid_to"],
                    "model": row["model"],
                    "reason": reason,
                    **OWN,
                    "observed_at": row["valid_from"] or str(TIMELESS),
                    "basis": "assumed",
                },
            )
    for form, rows in namer.curated.items():  # curated names stand even when no label of today uses them
        for row in rows:
            key = (form, row["provider"], row["valid_from"], row["valid_to"])
            out.setdefault(
                key,
                {
                    "alias": form,
                    **{k: row[k] for k in ("provider", "valid_from", "valid_to", "model", "reason")},
                    **OWN,
                    "observed_at": row["valid_from"] or str(TIMELESS),
                    "basis": "assumed",
                },
            )
    for model in sorted({str(r["model"]) for r in out.values()}):  # every canonical name means itself
        if not any(k[0] == model for k in out if k[1] == "*"):
            out[(model, "*", "", "")] = {
                "alias": model,
                "provider": "*",
                "valid_from": "",
                "valid_to": "",
                "model": model,
                "reason": "the canonical name itself",
                **OWN,
                "observed_at": str(TIMELESS),
                "basis": "assumed",
            }
    return [out[key] for key in sorted(out)]


def facts(data: Path, table: pl.DataFrame) -> dict[str, dict[str, list]]:
    """What models.dev and the benchmark lists print about each canonical model: dates, openness."""
    from belief.names.aliases import resolve

    found: dict[str, dict[str, list]] = defaultdict(lambda: {"maker_date": [], "date": [], "open": [], "quality_date": []})
    dev = pl.DataFrame(read(data / "prices" / "tables" / "modelsdev_scd2.csv")).rename({"model": "model_label"})
    dev = resolve(dev.with_columns(pl.col("valid_from").str.to_date()), table)
    makers = set("openai anthropic google deepseek xai mistral cohere moonshotai zai zhipuai minimax alibaba llama xiaomi stepfun".split())
    for r in dev.filter(pl.col("model").is_not_null()).iter_rows(named=True):
        entry = found[r["model"]]
        if r["release_date"] and len(r["release_date"]) == 10 and "2020" < r["release_date"] < "2026-08":
            entry["maker_date" if r["provider"] in makers else "date"].append(r["release_date"])
        if r["open_weights"]:
            entry["open"].append(r["open_weights"] == "True")
    for base, when in quality_labels.releases(data):
        named = resolve(pl.DataFrame({"provider": ["*"], "model_label": [base], "valid_from": [date(2026, 7, 1)]}), table)["model"][0]
        if named and len(when) == 10:
            found[named]["quality_date"].append(when)
    return found


def models(table: pl.DataFrame, pairs: list[tuple[str, str]], data: Path) -> list[dict[str, object]]:
    """One row per canonical model, with what is known about it and where from."""
    from belief.names.aliases import resolve

    curated = {r["model"]: r for r in read(HERE / "curated_models.csv")}
    known = facts(data, table)
    history = resolve(pl.read_parquet(FOLDER / "price_history.parquet"), table)
    first = dict(history.filter(pl.col("model").is_not_null()).group_by("model").agg(pl.col("observed_at").min()).rows())
    makers, sizes = makers_of(history), published_sizes(table)
    names: dict[str, list[str]] = defaultdict(list)
    labelled = pl.DataFrame(pairs, schema=["provider", "model_label"], orient="row").with_columns(
        pl.lit(date(2026, 7, 1)).alias("valid_from")
    )
    for r in resolve(labelled, table).iter_rows(named=True):
        if r["model"]:
            names[r["model"]].append(r["model_label"])
    return [
        describe(m, curated.get(m), known.get(m), first.get(m), names[m], makers.get(m, ""), sizes) for m in sorted(set(table["model"]))
    ]


def published_sizes(table: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Billions of parameters (total, active) that makers publish, from architectures.csv, by exact alias."""
    from belief.names.aliases import resolve

    found: dict[str, tuple[float, float]] = {}
    for row in read(FOLDER / "architectures.csv"):
        if not float(row["published_parameters"] or 0):
            continue
        total = float(row["published_parameters"]) / 1e9
        active = float(row["published_active_parameters"] or 0) / 1e9 or total
        labels = [row["model"], *filter(None, row["aliases"].split("|"))]
        frame = pl.DataFrame({"provider": "*", "model_label": labels, "valid_from": date(2026, 7, 1)})
        for model in resolve(frame, table)["model"].drop_nulls():
            found.setdefault(model, (round(total, 3), round(active, 3)))
    return found


def makers_of(history: pl.DataFrame) -> dict[str, str]:
    """The folder OpenRouter prints before a model's name, where it is the only one."""
    seen = history.filter(pl.col("provider") == "openrouter", pl.col("source") == "openrouter", pl.col("model").is_not_null())
    pairs = seen.select("model", pl.col("model_label").str.split("/").list.first().alias("path")).unique()
    counts = Counter(pairs["model"])
    return {m: p for m, p in sorted(pairs.rows()) if counts[m] == 1}


def describe(
    model: str,
    curated: dict | None,
    known: dict | None,
    first: date | None,
    names: list[str],
    maker: str,
    published: dict[str, tuple[float, float]],
) -> dict[str, object]:
    """The row of one model. Dates: curated, then the maker's own list, then the benchmark list, then first priced."""
    total, active = next((s for s in map(sizes_of, sorted(names, key=len)) if s[0]), sizes_of(model))
    opens, known_open = (known or {}).get("open", []), openness(model)
    if total is None and model in published:
        total, active = published[model]
    origin, basis, when, reason = dict(OWN), "derived", first, "first day it is priced in price_history"
    for slot, source in (("date", MODELSDEV), ("quality_date", None), ("maker_date", MODELSDEV)):
        dates = (known or {}).get(slot, [])
        if dates:
            chosen = Counter(dates).most_common()
            best = min(d for d, n in chosen if n == chosen[0][1])
            when, basis = date.fromisoformat(best), "quoted"
            origin = dict(
                source
                or {
                    "source": "Epoch AI Benchmarking Hub / Artificial Analysis",
                    "source_ref": "forecast/quality.csv",
                    "source_url": "https://epoch.ai/benchmarks",
                    "licence": "CC-BY-4.0",
                }
            )
            reason = "release date as printed by the source"
    row = {
        "model": model,
        "developer": developer_of(model, maker),
        "family": family_of(model),
        "kind": kind_of(model),
        "release_date": when,
        "release_date_basis": basis,
        "open_weights": known_open if known_open is not None else ((sum(opens) * 2 > len(opens)) if opens else None),
        "total_params_b": total,
        "active_params_b": active,
        "reason": reason,
        **origin,
    }
    if curated:
        row.update(
            {
                "developer": curated["developer"],
                "release_date": date.fromisoformat(curated["release_date"]),
                "release_date_basis": "quoted",
                "open_weights": curated["open_weights"] == "true",
                "total_params_b": float(curated["total_params_b"]) if curated["total_params_b"] else total,
                "active_params_b": float(curated["active_params_b"]) if curated["active_params_b"] else active,
                "reason": curated["reason"],
                **OWN,
                "source": "public announcement or model card",
                "source_ref": "research/builders/curated_models.csv",
                "licence": "facts",
            }
        )
    known_since = min((d for d in (row["release_date"], first) if d), default=TIMELESS)  # sold in preview = known
    return {**row, "observed_at": known_since, "basis": row["release_date_basis"]}


def main() -> None:
    """Write the tables of models and aliases from the study's labels and the curated lists."""
    data = Path(sys.argv[1])
    pairs = labels(data)
    rows = aliases(pairs, read(HERE / "curated_aliases.csv"))
    text = pl.DataFrame(rows, schema=dict.fromkeys(SCHEMAS["model_aliases"], pl.String))
    text.write_csv(FOLDER / "model_aliases.csv")
    table = pl.read_csv(FOLDER / "model_aliases.csv", schema_overrides=SCHEMAS["model_aliases"])
    described = pl.DataFrame(models(table, pairs, data), schema=SCHEMAS["models"], infer_schema_length=None)
    described.write_csv(FOLDER / "models.csv")
    print(f"{table.height} alias rows, {described.height} models, {len(pairs)} labels")


if __name__ == "__main__":
    main()
