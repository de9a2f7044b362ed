"""The inputs of the statistics: listings, price series, quality scales, priors, reference thresholds."""
