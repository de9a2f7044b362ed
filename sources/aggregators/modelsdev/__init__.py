"""models.dev: a community catalogue of providers and models."""
