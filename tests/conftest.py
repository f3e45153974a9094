"""What all tests share."""

from __future__ import annotations

# before any test imports torch
from tests.cuda_double.fixtures import device_memory, pytest_runtest_setup

__all__ = ["device_memory", "pytest_runtest_setup"]
