"""Python imports this at its start, from PYTHONPATH: the double's devices for other processes."""

import sys
from pathlib import Path

tests = str(Path(__file__).parents[2])
sys.path.insert(0, tests)
try:
    import cuda_double
finally:
    sys.path.remove(tests)

if cuda_double.wanted():
    cuda_double.install()
