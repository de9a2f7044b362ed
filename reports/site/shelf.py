"""Taking old editions off the shelf: their files go, their line in the list stays and says so.

Kept whatever its age: the last edition of every month, the newest one, and every edition the feed names. Belongs here:
which may go, and removing them. Not here: how old is old (the operator's setting).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from reports.site.feeds import KEPT
from reports.site.site import Listed, editions, newest, rewrite_list


def removable(site_dir: Path, before: date) -> list[Listed]:
    """Editions of days before ``before`` whose files may go, oldest first."""
    ordered = sorted(editions(site_dir), key=lambda e: (e.as_of, e.number))
    if not ordered:
        return []
    last_of_month = {e.as_of[:7]: e.edition_id for e in ordered}
    kept = {*last_of_month.values(), *(e.edition_id for e in ordered[-KEPT:]), newest(ordered).edition_id}
    return [e for e in ordered if e.as_of < before.isoformat() and e.edition_id not in kept and folder_of(site_dir, e).exists()]


def take_down(site_dir: Path, gone: Sequence[Listed], on: date, base_url: str = "") -> None:
    """Mark the editions as removed in the list, then remove their files: a run that dies in between leaves files that go next time."""
    ids = {e.edition_id for e in gone}
    rewrite_list(site_dir, [replace(e, removed_on=on.isoformat()) if e.edition_id in ids else e for e in editions(site_dir)], base_url)
    for entry in gone:
        shutil.rmtree(folder_of(site_dir, entry))


def folder_of(site_dir: Path, entry: Listed) -> Path:
    """Where an edition's files are."""
    return Path(site_dir) / "editions" / entry.edition_id
