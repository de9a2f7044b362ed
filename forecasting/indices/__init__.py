"""Price indices: frontier at fixed quality, hedonic, matched; the regressions they share."""
