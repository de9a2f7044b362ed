"""Reading of specification sheets, and the dated history of what they said.

``figures`` reads a printed figure with its unit; ``labels`` says what a row label means; ``layers`` cuts a
text layer (tables run together) at its labels; ``rst`` reads reST tables, ``pdf`` real data sheets;
``rows`` collects ``SpecQuote`` rows; ``plausible`` refuses what cannot be right; ``history`` chooses the
value to use at a date. What one vendor calls a column belongs to that vendor's folder in
``sources/hardware``.
"""

from reference.specs.history import best_specs, read_history

__all__ = ["best_specs", "read_history"]
