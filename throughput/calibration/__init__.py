"""The one set of constants: how it is fitted, kept, and held against what it did not see."""
