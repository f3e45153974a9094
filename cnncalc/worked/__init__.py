"""A layer and numbers to what it makes of them, sum by sum, without PyTorch."""
