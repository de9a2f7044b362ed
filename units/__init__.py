"""LEAF: constants, the grammar of unit suffixes, text -> exact quantity, and the Shapley value. Imports nothing of ours."""
