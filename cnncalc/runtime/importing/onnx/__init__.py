"""An ONNX file as a Program: read, brought to one form, node by node to operations of ATen's.

Nothing in a file is run, and no PyTorch is needed.
"""
