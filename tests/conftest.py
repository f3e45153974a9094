"""What holds for all tests: how many threads there are, and what a signal does."""

from __future__ import annotations

import os
import signal

# Small tensors are quicker on one thread, and two runs side by side do not wait for each other. It
# is read when PyTorch is imported, here or in a process that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What runs in a shell's background ignores Ctrl-C, and so do the processes that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
