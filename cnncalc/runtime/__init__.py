"""What runs: the only package that imports torch."""
