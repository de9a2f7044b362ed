"""What labels mean: models, offers, conditions and scores by their printed names."""
