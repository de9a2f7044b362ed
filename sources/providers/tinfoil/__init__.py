"""Tinfoil: confidential inference. The captured page shows subscriptions and no model prices."""
