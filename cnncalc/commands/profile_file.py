"""A file of `cnncalc profile --format json`, read again."""

from __future__ import annotations

import json

from cnncalc.analysis import Summary
from cnncalc.commands.options import UsageError
from cnncalc.report.page.measured_times import MeasuredTimes, measured_times

LARGEST = 64 * 1024 * 1024
"""Bytes of a file."""


def profile_file(path: str, summary: Summary) -> MeasuredTimes:
    """What it says of a network. Raises UsageError where it is no profile of that."""
    try:
        return measured_times(_document(path), summary)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"cannot read `{path}`: {reason.lower()}") from None
    except (ValueError, RecursionError) as error:
        spec = summary.graph.path
        hint = f"`cnncalc profile {spec} --batch {summary.batch} --format json` writes one"
        raise UsageError(f"`{path}` is no profile of `{spec}`: {error}; {hint}") from None


def _document(path: str) -> object:
    """What is written in it. Raises OSError and ValueError."""
    with open(path, "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} bytes")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
