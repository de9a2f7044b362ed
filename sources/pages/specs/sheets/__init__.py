"""Spec sheets of any layout: a page's tables, lines and sentences to rows of one shape, and those to figures by a maker's few words."""
