"""The estimators that indices and rates share: least squares with robust errors, the log-linear decline."""
