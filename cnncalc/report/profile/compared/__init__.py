"""Two networks measured in turn in; how they compare out."""
