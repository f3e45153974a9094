"""What is done with each value, or with those of one position."""
