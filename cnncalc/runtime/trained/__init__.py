"""A checkpoint and data to what the trained network makes of it."""
