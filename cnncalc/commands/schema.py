"""`cnncalc schema`: the JSON Schema of the spec language."""

from __future__ import annotations

import sys

from cnncalc.commands import SOUND
from cnncalc.language.schema.schema import text


def schema() -> int:
    """Print the schema."""
    sys.stdout.write(text())
    return SOUND
