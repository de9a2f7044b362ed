"""How the installation is kept and what its operator is told: findings, notices, alerts, logs, and what may be deleted."""
