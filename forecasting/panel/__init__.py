"""The inputs of the statistics: listings, price series, quality scales, reference thresholds."""
