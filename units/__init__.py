"""LEAF: constants, the grammar of unit suffixes, and text -> exact quantity. Imports nothing of ours."""
