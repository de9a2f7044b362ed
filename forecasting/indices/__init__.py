"""Price indices: frontier at fixed quality, hedonic, matched."""
