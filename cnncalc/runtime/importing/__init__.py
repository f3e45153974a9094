"""Models as Programs: a module of PyTorch's, a `.pt2` or an ONNX file, to operations as data."""
