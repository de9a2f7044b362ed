"""Which release wrote a state folder, in ``state.json`` at its top: a folder of a newer format is left alone.

The format counts changes that an earlier release would misread (an index of the archive, issued files, the list of
editions). A folder without the file is of before there was one, and every format up to ``FORMAT`` is read.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from pipelines.context import code_version
from pipelines.settings import Settings

FORMAT = 1
FILE = "state.json"


class StateTooNew(RuntimeError):
    """The state folder was written by a newer release; a sentence says what to do."""


def hold(settings: Settings) -> None:
    """Raise ``StateTooNew`` for a folder of a newer format; note in any other who writes it now.

    A note that cannot be read or written stops nothing: it is made anew where the folder can be written.
    """
    path = settings.home / FILE
    try:
        found = json.loads(path.read_bytes())
        written_by, number = str(found["written_by"]), int(found["format"])
    except (OSError, ValueError, KeyError, TypeError):
        written_by, number = "", 0
    if number > FORMAT:
        raise StateTooNew(
            f"{path}: expected a state folder of format {FORMAT} or earlier, found format {number}, written by {written_by[:80]}; "
            "use that release or a newer one, or set DEFLATION_HOME to another folder"
        )
    this = f"deflation {metadata.version('deflation')} ({code_version()})"
    if (written_by, number) != (this, FORMAT):
        _note(path, {"format": FORMAT, "written_by": this})


def _note(path: Path, told: dict[str, object]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(told) + "\n", encoding="utf-8")
        os.replace(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
