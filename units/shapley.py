"""The Shapley value: what each part contributes to a whole when the order of joining is not to matter.

Here belongs the one formula that sibling libraries share; what a coalition is worth is theirs to say. Imports
nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial


def shapley(value: Callable[[frozenset[str]], float], players: Sequence[str]) -> dict[str, float]:
    """Shapley value of each player for a set function, exactly, over all 2**n coalitions (Shapley 1953, eq. 13).

    In the unit of ``value``; the values sum to ``value(all) - value(none)`` up to rounding.
    """
    n = len(players)
    worth = {frozenset(s): value(frozenset(s)) for r in range(n + 1) for s in combinations(players, r)}
    weight = [factorial(r) * factorial(n - r - 1) / factorial(n) for r in range(n)]
    return {p: sum(weight[len(s)] * (worth[s | {p}] - worth[s]) for s in worth if p not in s) for p in players}
