"""How a fact is written: figures to the digit they deserve, sentences whose figures are facts, tables, drawings."""
