"""Bodies made to hurt: markup that runs, entity bombs, endless tables, wrong charsets, names that inject."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest
from readable import read

from sources.catalogue import sources
from sources.reading.sandbox import Allowance

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(12))
    + "]><html><body>&m;</body></html>"
)
TABLE = "| Model | Input | Output |\n|---|---|---|\n"
BODIES = {
    "nothing": b"",
    "spaces": b" \n\t ",
    "nulls": b"\x00" * 5000,
    "nulls among text": (TABLE + "| m\x00 | $1 / MTok | $2 / MTok |\n").encode(),
    "noise": bytes(range(256)) * 50,
    "wrong charset": '<html><meta charset="utf-16"><body><table><tr><td>\xe9\xff</td></tr></table></body></html>'.encode("latin-1"),
    "utf-16": (TABLE + "| m | $1 | $2 |\n").encode("utf-16"),
    "damaged gzip": gzip.compress(b"<html></html>" * 100)[:-20],
    "entity bomb": BOMB.encode(),
    "scripts": b"<html><body><script>while(true){}</script><img src=x onerror=alert(1)><table><tr><th>Model</th></tr></table></body></html>",
    "deep JSON": b"[" * 100_000,
    "huge spans": b"<html><body><table><tr><td rowspan=999999 colspan=999999>$1</td></tr><tr><td>2</td></tr></table></body></html>",
    "huge figure": (TABLE + "| m | $" + "9" * 100_000 + " / MTok | $2 / MTok |\n").encode(),
    "unclosed everything": b"<html><body><table><tr><td><del><s><table><tr><td>$1",
    "challenge": b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>challenge-platform</body></html>",
    "denial": b"<html><head><title>403</title></head><body>Access Denied</body></html>",
    "empty list": b'{"data": []}',
    "wrong JSON": b'{"data": {"models": null, "prices": "NaN", "Items": 5}}',
}


HEAVY = {"gzip bomb": gzip.compress(b"0" * 70_000_000), "deep markup": b"<html><body>" + b"<div>" * 20_000 + b"</body></html>"}
"""Bodies that cost a second to refuse, in code all sources share: tried on one source of each format."""


@pytest.mark.parametrize("key", sources())
def test_hostile_bodies_give_refusals_and_nothing_else(key: str) -> None:
    first = next(k for k, s in sources().items() if s.contract.format == sources()[key].contract.format)
    for title, body in (BODIES | (HEAVY if key == first else {})).items():
        started = time.process_time()
        got = read(key, Path(title), body)
        assert time.process_time() - started < 5, title
        assert got.refusal or not got.rows, (title, got.rows[:2])


MARKDOWN = {
    "prices/anthropic": ("Claude {}", "$5 / MTok", "$25 / MTok", "| Model | Base Input Tokens | Output Tokens |"),
    "prices/xai": ("grok-{}", "$2.00", "$6.00", "| Model | Input / 1M tokens | Output / 1M tokens |"),
}
NAMES = ("<script>alert(1)</script>", "'; DROP TABLE prices; --", '"><img src=x>', "../../etc/passwd", "=HYPERLINK(1)", "%s%n", "${jndi:x}")


@pytest.mark.parametrize("key", MARKDOWN)
@pytest.mark.parametrize("bad", NAMES)
def test_a_name_with_markup_or_sql_is_refused_or_kept_as_plain_text(key: str, bad: str) -> None:
    label, given, made, header = MARKDOWN[key]
    got = read(key, Path(bad), f"{header}\n|---|---|---|\n| {label.format(bad)} | {given} | {made} |\n".encode())
    assert got.refusal or all("<" not in r["model"] and "'" not in r["model"] and "=" not in r["model"] for r in got.rows)


@pytest.mark.parametrize("mark", ["\u202e", "\u200f", "\u2066", "\ufeff", "\u00a0", "\u200b"])
def test_invisible_marks_do_not_change_a_figure(mark: str) -> None:
    header = "| Model | Input / 1M tokens | Output / 1M tokens |\n|---|---|---|\n"
    got = read("prices/xai", Path("marks"), f"{header}| grok-4 | {mark}$3.00{mark} | $15{mark}.00 |\n".encode())
    assert got.refusal or [(r["input"], r["output"]) for r in got.rows] == [("3.00", "15.00")]


@pytest.mark.parametrize("key", MARKDOWN)
def test_a_table_of_a_hundred_thousand_rows_is_read_whole_in_half_the_time_it_is_allowed(key: str) -> None:
    label, given, made, header = MARKDOWN[key]
    rows = "".join(f"| {label.format(n)} | {given} | {made} |\n" for n in range(100_000))
    started = time.process_time()
    got = read(key, Path("long"), f"{header}\n|---|---|---|\n{rows}".encode())
    assert time.process_time() - started < Allowance().cpu_s / 2
    assert got.refusal or len(got.rows) == 100_000
