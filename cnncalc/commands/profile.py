"""`cnncalc profile`: a network measured on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from cnncalc.analysis.measured import Profile
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, fold, graph_of, need_torch, one_of
from cnncalc.commands.output import check_free, whole
from cnncalc.network.graph import Graph
from cnncalc.report.table.outline import fitting_depth

if TYPE_CHECKING:
    from cnncalc.runtime.profile.device import Device
    from cnncalc.runtime.profile.profile import Options

Found = TypeVar("Found")

FORMATS = ("text", "json", "csv")
DTYPES = ("fp32", "tf32", "bf16", "fp16")


def profile(
    specs: list[str],
    settings: list[str],
    device: str = "auto",
    batch: int = 1,
    dtype: str = "fp32",
    rounds: int = 20,
    training: bool = True,
    channels_last: bool = False,
    compiled: bool = False,
    compare: bool = False,
    depth: str | None = None,
    form: str = "text",
    trace: str | None = None,
    force: bool = False,
) -> int:
    """Measure specs and print what was found; 1 where one is not sound. Raises UsageError."""
    for name, value, allowed in (("--format", form, FORMATS), ("--dtype", dtype, DTYPES)):
        one_of(name, value, allowed)
    for name, number in (("--batch", batch), ("--rounds", rounds)):
        if number < 1:
            raise UsageError(f"{name} wants a number of at least 1, got {number}")
    _check_together(specs, compare, form, trace)
    check_free(trace, force)
    folded = fold(depth) if depth else None
    need_torch("profile")
    overrides = arguments(settings)
    graphs = [graph for spec in specs if (graph := graph_of(spec, overrides))]
    if len(graphs) < len(specs):
        return PROBLEMS
    from cnncalc.runtime.profile.device import UnavailableError
    from cnncalc.runtime.profile.device import device as found
    from cnncalc.runtime.profile.profile import Options

    try:
        place = found(device, dtype)
    except UnavailableError as error:
        raise UsageError(str(error)) from None
    options = Options(batch, rounds, training, channels_last, compiled)
    if compare:
        return _compared(graphs, place, options, form)
    if trace:
        with whole(trace) as file:
            profiles = [_measured(graphs[0], place, options._replace(trace=file))]
    else:
        profiles = [_measured(graph, place, options) for graph in graphs]
    sys.stdout.write(_shown(profiles, form, folded, unfolds=depth is not None))
    return SOUND


def _check_together(specs: list[str], compare: bool, form: str, trace: str | None) -> None:
    """Refuse options that do not go together. Raises UsageError."""
    if compare and len(specs) != 2:
        raise UsageError(f"--compare measures two specs in turn, got {len(specs)}")
    if compare and form == "csv":
        raise UsageError("--compare has no csv: text or json")
    if trace and (compare or len(specs) != 1):
        raise UsageError("--trace writes one file: give it one spec")


def _measured(graph: Graph, device: Device, options: Options) -> Profile:
    """One network's profile. Raises UsageError where it does not fit."""
    from cnncalc.runtime.profile.profile import profile as run

    return _attempted([graph], lambda: run(graph, device, options))


def _attempted(graphs: list[Graph], action: Callable[[], Found]) -> Found:
    """What is measured. Raises UsageError where the networks cannot be, as was asked."""
    from cnncalc.runtime.profile.device import UnavailableError
    from cnncalc.runtime.profile.profile import TooLargeError, UncompiledError

    names = " and ".join(graph.name for graph in graphs)
    try:
        return action()
    except TooLargeError as error:
        way = f"a batch of {error.fits} fits" if error.fits else "not even one sample fits"
        message = f"{names}: out of memory with a batch of {error.batch}; {way}"
        raise UsageError(message) from None
    except UncompiledError as error:
        way = "leave --compile out to measure it as it is"
        raise UsageError(f"{names}: torch.compile cannot do it: {error}; {way}") from None
    except UnavailableError as error:
        raise UsageError(str(error)) from None


def _shown(profiles: list[Profile], form: str, depth: int | None, unfolds: bool) -> str:
    if form == "json":
        from cnncalc.report.profile.data import profile_json

        return profile_json(profiles)
    if form == "csv":
        from cnncalc.report.profile.data import profile_csv

        return profile_csv(profiles)
    from cnncalc.report.profile.to_text import profile_text

    return "\n".join(
        profile_text(one, depth if unfolds else fitting_depth(one.summary)) for one in profiles
    )


def _compared(graphs: list[Graph], device: Device, options: Options, form: str) -> int:
    """Two networks measured in turn."""
    from cnncalc.report.profile.compared import comparison_json, comparison_text
    from cnncalc.runtime.profile.comparison import compared

    found = _attempted(graphs, lambda: compared(graphs[0], graphs[1], device, options))
    sys.stdout.write(comparison_json(found) if form == "json" else comparison_text(found))
    return SOUND
