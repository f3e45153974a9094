"""`cnncalc transform`: the spec of the same network, written otherwise; and its weights."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.graphs import report
from cnncalc.commands.options import UsageError, arguments, need_torch, shapes
from cnncalc.commands.output import check_apart, check_free, put, tell, whole
from cnncalc.diagnostics import Diagnostics, did_you_mean
from cnncalc.language.load import find
from cnncalc.transform import TRANSFORMATIONS, Nothing, Transformed
from cnncalc.transform import transform as transformed
from cnncalc.transform.wording import changed, left, nothing

if TYPE_CHECKING:
    from cnncalc.runtime.converted_weights import State


def transform(
    name: str,
    spec: str,
    settings: list[str],
    output: str | None = None,
    force: bool = False,
    weights: str | None = None,
    to: str | None = None,
    inputs: Sequence[str] = (),
) -> int:
    """Write the transformed spec, to standard output or a file, and the converted weights; what
    changed goes to standard error. 1 where the spec has errors, or nothing changes. Raises
    UsageError."""
    transformation = TRANSFORMATIONS.get(name)
    if transformation is None:
        hint = did_you_mean(name, TRANSFORMATIONS) or f"there are {', '.join(TRANSFORMATIONS)}"
        raise UsageError(f"there is no transformation `{name}`; {hint}")
    check_files(output, weights, to, force)
    diagnostics = Diagnostics()
    found = find(spec, diagnostics)
    given = arguments(settings), shapes(inputs)
    made = transformed(transformation, *found, diagnostics, *given) if found else None
    report(diagnostics)
    if made is None:
        return PROBLEMS
    if isinstance(made, Nothing):
        tell([nothing(made, transformation), *left(made)])
        return PROBLEMS
    if weights and to:
        write_weights(made, Path(weights), to)
    put(made.text, output)
    tell([*changed(made, transformation), *left(made)])
    return SOUND


def check_files(output: str | None, weights: str | None, to: str | None, force: bool) -> None:
    """Raises UsageError where files are missing, or would be lost."""
    if (weights is None) != (to is None):
        raise UsageError("--weights and --to go together: `--weights in.pt --to out.pt`")
    if weights and not os.path.isfile(weights):
        raise UsageError(f"there is no file of weights `{weights}`")
    check_apart(output, to, "--output and --to")
    check_free(output, force)
    check_free(to, force)


def write_weights(made: Transformed, weights: Path, to: str) -> None:
    """The converted weights. Raises UsageError where they are not the network's, or PyTorch is
    missing."""
    need_torch("--weights")
    from cnncalc.runtime.converted_weights import WeightsError, converted, write_state
    from cnncalc.runtime.reading import ReadError
    from cnncalc.runtime.weights.weight_files import tensors_in

    try:
        state: State = converted(made, tensors_in(weights))
    except ReadError as error:
        raise UsageError(f"`{weights}` {error}") from None
    except WeightsError as error:
        raise UsageError(f"`{weights}`: {error}") from None
    with whole(to) as file:
        write_state(state, file)
