"""The formulas bound to a deployment and a load: stages in order, closed loop, intervals, grids."""
