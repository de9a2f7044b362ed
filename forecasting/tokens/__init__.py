"""What people pay per token: volumes priced, and the change split into price, profile, mix and entry."""
