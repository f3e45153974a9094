"""Measuring a lowered network: times, rates, memory, on CPU and CUDA."""

import os

# read by PyTorch's libraries when they are loaded: what they log is of no use to a reader
os.environ.setdefault("KINETO_LOG_LEVEL", "99")
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
