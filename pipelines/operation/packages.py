"""Whether the names that the wheel imports are its own: another distribution may bring a package of the same name (decision 136)."""

from __future__ import annotations

from importlib.metadata import distribution, packages_distributions

from pipelines.operation.condition import Finding

NAME = "deflation"


def import_names() -> Finding:
    """One line for ``doctor``: every top-level name of ours belongs to nobody else in this environment."""
    ours = (distribution(NAME).read_text("top_level.txt") or "").split()
    owners = packages_distributions()
    shared = {name: sorted({o for o in owners.get(name, []) if o != NAME}) for name in ours}
    told = "; ".join(f"{name} comes from {', '.join(others)} as well" for name, others in shared.items() if others)
    return Finding(
        "packages",
        not told,
        told or f"{len(ours)} import names, none shared with another distribution",
        "install it alone: `uvx --from WHEEL deflation ...`, `pipx install WHEEL`, or a virtual environment of its own",
    )
