"""The command line: one group, one module per verb in ``pipelines/commands``, found by presence.

A verb's module is imported only when that verb is called, so ``deflation --help`` stays quick and a verb
that does not need Dagster does not load it. What a verb does belongs in its module; nothing belongs here.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that steer a terminal or turn the direction of text; names from pages may hold them."""


class Inert:
    """Standard output that prints text and steers nothing: whatever a verb prints, a name in it moves no cursor and hides no word."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> Any:
        """Write the text with each steering sign as U+FFFD."""
        return self._stream.write(_STEERING.sub("\ufffd", text) if isinstance(text, str) else text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


COMMANDS = Path(__file__).parent / "commands"


class VerbGroup(click.Group):
    """A click group whose verbs are the modules of ``pipelines/commands`` (``_`` is written ``-``)."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The verbs in order of the alphabet."""
        return sorted(p.stem.replace("_", "-") for p in COMMANDS.glob("[a-z]*.py"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The verb's command; its module is imported only now. None for an unknown verb."""
        if name not in self.list_commands(ctx):
            return None
        return importlib.import_module(f"pipelines.commands.{name.replace('-', '_')}").command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line with a standard output that steers no terminal."""
        with redirect_stdout(Inert(sys.stdout)):
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a setting that cannot be read is wrong usage, named by its variable."""
        try:
            return super().invoke(ctx)
        except ValueError as error:
            if getattr(error, "title", "") != "Settings":
                raise
            wrong = [f"DEFLATION_{str(e['loc'][0]).upper()}: {e['msg']}" if e["loc"] else e["msg"] for e in error.errors()]  # type: ignore[attr-defined]  # pydantic's, not loaded for --help
            raise click.UsageError("; ".join(wrong)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs with the first line of their module's docstring, without importing them."""
        rows = []
        for name in self.list_commands(ctx):
            source = (COMMANDS / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
            doc = ast.get_docstring(ast.parse(source)) or ""
            rows.append((name, doc.splitlines()[0] if doc else ""))
        with formatter.section("Verbs"):
            formatter.write_dl(rows)


@click.group(
    cls=VerbGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Every verb has its own --help with examples. State lives in ./var, or in DEFLATION_HOME.",
)
@click.version_option(package_name="deflation")
def main() -> None:
    """How fast the price of AI inference is falling, why, how far it can still fall, and who says so.

    \b
    Start here:
      deflation run                 collect, measure, forecast, publish, report
      deflation run --offline       the same from packaged facts, no network
      deflation query "from marts.start_here"
    """


if __name__ == "__main__":
    sys.exit(main())
