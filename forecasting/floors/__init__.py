"""How far the price can fall: energy and hour floors, hardware costs and trends, rentals."""
