"""Scalar formulas on floats, arrays and columns alike: bytes, operations, links, watts, dollars."""
