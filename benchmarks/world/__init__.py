"""What the simulations share: a small world of pages and mail, and real runs in it."""
