"""model-prices: dated prices with an evidence address each, compiled from models.dev and official pages."""
