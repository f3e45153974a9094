"""`cnncalc schema`: the JSON Schema of the spec language, or of machine files."""

from __future__ import annotations

import sys

from cnncalc.commands import SOUND


def schema(of_machine: bool = False) -> int:
    """Print the schema."""
    sys.stdout.write(_of_machines() if of_machine else _of_specs())
    return SOUND


def _of_specs() -> str:
    from cnncalc.language.schema.schema import text

    return text()


def _of_machines() -> str:
    from cnncalc.language.schema.machine_schema import machine_schema
    from cnncalc.language.schema.schema import printed

    return printed(machine_schema())
