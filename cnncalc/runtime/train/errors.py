"""What stops a training, in the user's words."""

from __future__ import annotations


class TrainError(Exception):
    """The message says what is wrong, and the way out."""
