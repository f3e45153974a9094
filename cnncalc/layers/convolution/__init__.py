"""Products with trained weights: convolutions, linear layers, and how their weights come about."""
