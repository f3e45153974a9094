"""Models of PyTorch's as Programs: a module, or a `.pt2` file, to operations as data."""
