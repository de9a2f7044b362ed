"""What the daily run makes of the engine: catalogue, league, deflation stack, evidence."""
