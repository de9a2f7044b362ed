"""Rates of decline, their acceleration, and what a change is made of."""
