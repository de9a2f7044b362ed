"""What the report expects from the warehouse: the names of facts and marts, their columns and units.

Belongs here: the declaration alone, so that the author of the SQL and the author of the page agree in one
place; marts stand in the chapter that prints them first. Not here: how an edition is read or stored (``inputs``) and how a number is written (``numbers``).

Every fact and every mart may be missing or empty; the section that needs it then says "not yet measured"
and prints ``why_missing``. Column names end in their unit. A type is ``text``, ``number``, ``count``,
``date`` or ``flag``. Extra columns are allowed and ignored. Dates are calendar days in UTC.
"""

from __future__ import annotations

from reports.contract.cost import COST
from reports.contract.effects import EFFECTS
from reports.contract.engine import ENGINE
from reports.contract.facts import FACTS
from reports.contract.price import PRICE
from reports.contract.specs import FACT_COLUMNS, UNITS, FactSpec, MartSpec
from reports.contract.trust import TRUST

__all__ = ["FACTS", "FACT_COLUMNS", "MARTS", "UNITS", "FactSpec", "MartSpec"]

MARTS: dict[str, MartSpec] = PRICE | COST | ENGINE | EFFECTS | TRUST
