"""A graph to an ONNX file that was run."""
