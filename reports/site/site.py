"""The archive site: static files that any web server or pages host can serve.

::

    index.html  feed.xml  editions.json     written anew from the list of editions
    prices.xml  v1/                         of the newest edition: price changes as a feed, all data as files (``api``)
    latest/                                 a copy of the newest edition
    editions/<edition_id>/                  written once, never changed

Belongs here: what is on disk and in which order it is written. Not here: what a page says (``render``). An
edition's folder appears whole (renamed into place) and is never written again; a day's second, different
content becomes a new edition that says which one it corrects. Publishing the same content again does nothing.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import shutil
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from reports import questions, tables
from reports.facts import FactBook
from reports.inputs import Edition, InvalidEdition
from reports.page.render import Site, pages
from reports.page.text import text_and_book
from reports.page.told import tell
from reports.site import api
from reports.site.feeds import KEPT, editions_feed, moves_feed
from reports.writing import drawing, numbers
from reports.writing.shown import clean

LIST = "editions.json"
CHANGES = {"fact_id": pl.String, "before": pl.Float64, "after": pl.Float64}


class EditionChanged(RuntimeError):
    """A published edition on disk is not what was published."""


@dataclass(frozen=True)
class Listed:
    """An edition as the list knows it. ``digest`` is that of all its files, ``content`` that of its content."""

    edition_id: str
    as_of: str
    vintage: str
    headline: str
    corrects: str
    content: str
    digest: str
    number: int
    """Publishing order, from 1."""
    removed_on: str = ""
    """The day its files were taken off the shelf (``shelf``); empty while they are there."""
    withdrawn_on: str = ""
    """The day on which a run found it dated ahead of its own clock; such an edition is never the newest."""


def publish(site_dir: Path, edition: Edition, base_url: str = "", method_url: str = "") -> Path:
    """Render, number as a correction where the day has another content already, and publish. Returns the folder."""
    known = _same_content(editions(site_dir), edition)
    if known:
        return publish_edition(site_dir, edition, {}, base_url)
    final = with_correction(site_dir, edition)
    folder = publish_edition(site_dir, final, edition_files(final, Site(base_url, method_url)), base_url)
    if newest(editions(site_dir)).edition_id == final.edition_id:
        _replace(Path(site_dir) / "prices.xml", moves_feed(final, base_url))
        _write_data(Path(site_dir), dict(api.files(final)))
    return folder


def _write_data(site_dir: Path, files: dict[str, bytes]) -> None:
    """Replace the data files one by one, the list of them last; files of offers that are gone go."""
    for name in sorted(files, key=lambda n: (n.endswith("index.json"), n)):
        _replace(site_dir / name, files[name])
    for path in sorted((site_dir / api.FOLDER).rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(site_dir).as_posix() not in files:
            path.unlink()


def edition_files(edition: Edition, site: Site = Site()) -> dict[str, bytes]:
    """All files of an edition: pages, text, charts, the edition itself, the marts as CSV, and every printed figure."""
    told = tell(edition)
    made, book, drawn = pages(edition, site, told)
    text, _book = text_and_book(edition, told=told)
    printed = sorted({*book.printed})
    figures = pl.DataFrame(printed, schema={"text": pl.String, "source": pl.String, "value": pl.String, "unit": pl.String}, orient="row")
    files = {f"{name}.html": page.encode() for name, page in made.items()} | {
        "report.txt": text.encode(),
        "answers.txt": text_and_book(edition, further=False, told=told)[0].encode(),
        "edition.json": edition.to_json(),
        "figures.csv": tables.csv_bytes(figures),
        "data/facts.csv": tables.csv_bytes(edition.facts),
    }
    for name, frame in sorted(edition.marts.items()):
        if frame.height:
            files[f"data/{name}.csv"] = tables.csv_bytes(frame)
    for name, chart in drawn.items():
        files[f"charts/{name}.svg"] = drawing.file_svg(chart)
        files[f"charts/{name}.png"] = drawing.png(chart, drawing.WIDE, 1.5)
        files[f"data/chart-{name}.csv"] = tables.csv_bytes(chart.data)
    return files


def publish_edition(site_dir: Path, edition: Edition, files: dict[str, bytes], base_url: str = "") -> Path:
    """Write ``files`` (relative path -> bytes) as a new edition, then list, feed and ``latest``.

    Returns the edition's folder. A no-op where the day's newest edition has the same content. Raises
    ``EditionChanged`` where a folder of the same id holds other bytes, ``ValueError`` for a path that leaves it.
    """
    site_dir = Path(site_dir)
    listed = editions(site_dir)
    same = _same_content(listed, edition)
    if same is None:
        entry = Listed(
            edition.edition_id, edition.as_of.isoformat(), clean(edition.vintage), str(questions.headline(FactBook(edition))),
            edition.corrects, edition.content_digest, _digest(files), max((e.number for e in listed), default=0) + 1,
        )  # fmt: skip
        _write_folder(site_dir / "editions" / edition.edition_id, files)
        listed.append(entry)
        same = entry
    rewrite_list(site_dir, listed, base_url)
    return site_dir / "editions" / same.edition_id


def rewrite_list(site_dir: Path, listed: list[Listed], base_url: str) -> None:
    """Write the list of editions, then what is made from it: ``latest``, archive page and feed."""
    _replace(Path(site_dir) / LIST, _list_of(listed))
    _write_front(Path(site_dir), listed, base_url)


def _list_of(listed: list[Listed]) -> bytes:
    return json.dumps([vars(e) for e in listed], indent=1, ensure_ascii=False).encode()


def with_correction(site_dir: Path, edition: Edition) -> Edition:
    """The edition, marked as a correction where the day already has one with another content.

    The changed facts are those that a reader would see change: their printed text differs.
    """
    earlier = [e for e in editions(site_dir) if e.as_of == edition.as_of.isoformat()]
    if not earlier:
        return edition
    try:
        changes = _changes(load(site_dir, earlier[-1].edition_id), edition)
    except InvalidEdition:  # of an earlier release, or damaged: the day's report is not held up by it
        words = "The edition before it cannot be read by this release; its figures are not compared."
        return edition.correcting(earlier[-1].edition_id, words, pl.DataFrame(schema=CHANGES))
    words = "Figures that changed are listed." if changes.height else "No headline figure changed; data behind the report did."
    return edition.correcting(earlier[-1].edition_id, words, changes)


def load(site_dir: Path, edition_id: str = "") -> Edition:
    """A published edition, the newest day's last one by default. Raises ``InvalidEdition`` where there is none."""
    listed = editions(site_dir)
    chosen = edition_id or (newest(listed).edition_id if listed else "")
    path = Path(site_dir) / "editions" / chosen / "edition.json"
    if not chosen or not path.is_file():
        raise InvalidEdition(f"site: expected a published edition {chosen or '(none yet)'}, found no file; run `deflation run` first")
    return Edition.from_json(path.read_bytes())


def editions(site_dir: Path) -> list[Listed]:
    """All published editions in publishing order."""
    path = Path(site_dir) / LIST
    if not path.exists():
        return []
    try:
        return [Listed(**row) for row in json.loads(path.read_bytes())]
    except (ValueError, TypeError) as error:
        raise EditionChanged(
            f"site: expected the list of editions in {LIST}, found something else ({error}); restore it from a backup"
        ) from error


def newest(listed: list[Listed]) -> Listed:
    """The last edition of the latest day: a report for an earlier day never becomes ``latest``, nor one of a wrong clock."""
    return max([e for e in listed if not e.withdrawn_on] or listed, key=lambda e: (e.as_of, e.number))


def is_ahead(site_dir: Path, today: date) -> bool:
    """Whether the editions hold one day that has not come: a run with a wrong clock wrote it. Where they hold several, it is
    today's clock that is more likely wrong.
    """
    return len({e.as_of for e in editions(site_dir) if e.as_of > today.isoformat()}) == 1


def withdraw_ahead(site_dir: Path, today: date) -> None:
    """Mark the editions of the one day that has not come (``is_ahead``), which would hide every report until then; the others lose the mark."""
    listed, day = editions(site_dir), today.isoformat()
    if any(e.as_of > day for e in listed) and not is_ahead(site_dir, today):
        return
    marked = [replace(e, withdrawn_on=(e.withdrawn_on or day) if e.as_of > day else "") for e in listed]
    if marked != listed:
        _replace(Path(site_dir) / LIST, _list_of(marked))


def verify(site_dir: Path) -> list[str]:
    """A sentence for each published edition whose files are no longer those that were published."""
    found = []
    for entry in (e for e in editions(site_dir) if not e.removed_on):
        folder = Path(site_dir) / "editions" / entry.edition_id
        files = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()} if folder.is_dir() else {}
        if _digest(files) != entry.digest:
            found.append(f"edition {entry.edition_id}: its files are not those that were published; restore them from a backup")
    return found


def _same_content(listed: list[Listed], edition: Edition) -> Listed | None:
    day = [e for e in listed if e.as_of == edition.as_of.isoformat()]
    return day[-1] if day and day[-1].content == edition.content_digest else None


def _changes(before: Edition, after: Edition) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    old, new = FactBook(before), FactBook(after)
    for fact in sorted({*old.fact_ids(), *new.fact_ids()}):
        if (str(old.value(fact)), str(old.interval(fact))) != (str(new.value(fact)), str(new.interval(fact))):
            rows.append({"fact_id": fact, "before": old.raw(fact), "after": new.raw(fact)})
    return pl.DataFrame(rows, schema=CHANGES)


def _digest(files: dict[str, bytes]) -> str:
    lines = [f"{hashlib.sha256(raw).hexdigest()} {name}" for name, raw in sorted(files.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write beside, then rename: a reader sees the whole edition or none."""
    for name in files:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError(f"site: expected a file inside the edition, found the path {name!r}")
    if folder.exists():
        # Left by a run that died before the list was written: fine if it is the same, else it was touched.
        present = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        if _digest(present) != _digest(files):
            raise EditionChanged(f"edition {folder.name}: expected to write it once, found other files in its folder; move them away")
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        for name, raw in files.items():
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_front(site_dir: Path, listed: list[Listed], base_url: str) -> None:
    """``latest``, archive page and feed, each replaced file by file, pages last."""
    source, target = site_dir / "editions" / newest(listed).edition_id, site_dir / "latest"
    names = sorted((str(p.relative_to(source)) for p in source.rglob("*") if p.is_file()), key=lambda n: (n == "index.html", n))
    for name in names:
        _replace(target / name, (source / name).read_bytes())
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_file() and str(path.relative_to(target)) not in names:
            path.unlink()
    _replace(site_dir / "feed.xml", editions_feed(listed, base_url, _texts(site_dir, listed)))
    _replace(site_dir / "index.html", _archive_page(listed).encode())


def _texts(site_dir: Path, listed: list[Listed]) -> dict[str, str]:
    """What each edition of the feed says in full: the text of its answers."""
    found = {}
    for entry in sorted(listed, key=lambda e: (e.as_of, e.number))[-KEPT:]:
        path = site_dir / "editions" / entry.edition_id / "answers.txt"
        if path.is_file():
            found[entry.edition_id] = path.read_text(encoding="utf-8")
    return found


def _replace(path: Path, raw: bytes) -> None:
    if path.exists() and path.read_bytes() == raw:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(raw)
    os.replace(beside, path)


def _archive_page(listed: list[Listed]) -> str:
    """The list of editions, newest first, in the report's own style."""
    css = (Path(__file__).parent.parent / "page" / "templates" / "style.css").read_text(encoding="utf-8")
    replaced = {e.corrects: e.edition_id for e in listed if e.corrects}
    items = []
    for entry in sorted(listed, key=lambda e: (e.as_of, e.number), reverse=True):
        day = numbers.write_day(datetime.fromisoformat(entry.as_of).date())
        mark = (" (correction)" if entry.corrects else "") + (" (withdrawn: a clock was wrong)" if entry.withdrawn_on else "")
        note = f' <span class="note">replaced by {html.escape(replaced[entry.edition_id])}</span>' if entry.edition_id in replaced else ""
        link = f'<a href="editions/{html.escape(entry.edition_id)}/index.html">{day}{mark}</a>'
        gone = f'{day}{mark} <span class="note">files removed on {html.escape(entry.removed_on)}</span>'
        items.append(f"<li><p>{gone if entry.removed_on else link}{note}<br>{html.escape(entry.headline)}</p></li>")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="color-scheme" content="light dark"><title>Deflation: all editions</title>'
        f'<link rel="alternate" type="application/atom+xml" href="feed.xml" title="All editions"><link rel="alternate" type="application/atom+xml" href="prices.xml" title="Price changes"><style>{css}</style></head><body>'
        '<header class="masthead"><p class="brand">Deflation <span>The price of AI inference, measured daily</span></p></header>'
        '<main id="main"><h1>All editions</h1><p><a href="latest/index.html">The latest report</a> · feeds: <a href="feed.xml">editions</a>, <a href="prices.xml">price changes</a> · data: <a href="v1/index.json">JSON and Parquet</a></p>'
        f"<ul>{''.join(items)}</ul></main></body></html>\n"
    )
