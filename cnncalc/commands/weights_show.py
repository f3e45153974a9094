"""`cnncalc weights show`: what a file of weights says and holds."""

from __future__ import annotations

from pathlib import Path

from cnncalc.commands import SOUND
from cnncalc.commands.formats import WEIGHTS, show_all
from cnncalc.commands.options import UsageError, need_torch, one_format


def weights_show(file: str, form: str) -> int:
    """Print it; nothing in the file is run. Raises UsageError."""
    chosen = one_format(form, WEIGHTS)
    from cnncalc.runtime.reading import ReadError
    from cnncalc.runtime.weights.described import described
    from cnncalc.runtime.weights.safetensors_file import is_safetensors

    try:
        if not is_safetensors(Path(file)):
            need_torch("weights show")
        found = described(Path(file))
    except ReadError as error:
        raise UsageError(f"`{file}` {error}") from None
    show_all(chosen, found)
    return SOUND
