"""How well sources are read: each address asked once, parsed rows against rows read by hand, layouts left out."""
