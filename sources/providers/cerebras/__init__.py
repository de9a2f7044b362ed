"""Cerebras: a maker of wafer-scale accelerators that hosts open models."""
