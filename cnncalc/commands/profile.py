"""`cnncalc profile`: a network measured on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cnncalc.analysis.measured import Profile
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import COMPARED, PROFILE, Format, either, names, show_all, show_each
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import (
    UsageError,
    arguments,
    fold,
    need_torch,
    one_format,
    one_of,
    shapes,
)
from cnncalc.commands.output import check_free, tell, whole, write
from cnncalc.commands.progress import progress
from cnncalc.diagnostics import Diagnostics
from cnncalc.network.graph import Graph
from cnncalc.network.precision import AUTOCASTS
from cnncalc.report.profile.lines import Folded
from cnncalc.report.table.outline import fitting_depth

if TYPE_CHECKING:
    from cnncalc.runtime.profile.device import Device
    from cnncalc.runtime.profile.profile import Options
    from cnncalc.runtime.weights.fitted_weights import Fitting

Found = TypeVar("Found")

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
    graphed: bool = False,
    autocast: str | None = None,
    compare: bool = False,
    depth: str | None = None,
    form: str = "text",
    trace: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
    save: str | None = None,
    weights: str | None = None,
    names: str | None = None,
) -> int:
    """Measure specs and print what was found; 1 where one is not sound. Raises UsageError."""
    chosen = one_format(form, PROFILE)
    one_of("--dtype", dtype, DTYPES)
    if autocast:
        one_of("--autocast", autocast, AUTOCASTS)
        if dtype not in ("fp32", "tf32"):
            raise UsageError(f"--autocast wants weights of fp32 or tf32, got --dtype {dtype}")
    _check_counts(batch, rounds)
    _check_together(specs, compare, form, trace)
    _check_weights(specs, weights, names)
    _check_whole(compare, compiled, graphed, trace, save)
    for file in (trace, save):
        check_free(file, force)
    folded = fold(depth) if depth else None
    with progress("loading PyTorch"):
        need_torch("profile")
    overrides, given = arguments(settings), shapes(inputs)
    graphs = [graph for spec in specs if (graph := graph_of(spec, overrides, given))]
    if len(graphs) < len(specs):
        return PROBLEMS
    from cnncalc.runtime.profile.device import UnavailableError
    from cnncalc.runtime.profile.device import device as found
    from cnncalc.runtime.profile.profile import Options

    try:
        place = found(device, dtype)
    except UnavailableError as error:
        raise UsageError(str(error)) from None
    options = Options(batch, rounds, training, channels_last, compiled, None, graphed, autocast)
    state = _fitting(graphs[0], weights, names).state if weights else None
    options = options._replace(sized=save is not None, state=state)
    if compare:
        return _compared(graphs, place, options, one_format(form, COMPARED))
    profiles = list(_each(graphs, place, options, trace))
    if save:
        _save(profiles, save)
    fits = depth is None and chosen.folds
    show_each(
        chosen, [Folded(one, fitting_depth(one.summary) if fits else folded) for one in profiles]
    )
    return SOUND


def _each(
    graphs: Sequence[Graph], device: Device, options: Options, trace: str | None
) -> Iterator[Profile]:
    """The networks' profiles. Raises UsageError."""
    if trace:
        with whole(trace) as traced:
            yield _measured(graphs[0], device, options._replace(trace=traced))
        return
    for number, graph in enumerate(graphs, 1):
        with progress(f"measuring {graph.name}, {number} of {len(graphs)}"):
            yield _measured(graph, device, options)


def _save(profiles: Sequence[Profile], path: str) -> None:
    """Keep the machine; where its file is there already, its other kinds of numbers, too."""
    from cnncalc.analysis.learning import machine
    from cnncalc.language.machine.read_machine import read_machine
    from cnncalc.language.machine.write_machine import written

    found = machine(profiles)
    before = read_machine(path, Diagnostics()) if os.path.isfile(path) else None
    if before and before[:-1] == found[:-1]:
        found = found._replace(rates={**found.rates, **before.rates, **found.rates})
    write(written(found), path)


def _check_counts(batch: int, rounds: int) -> None:
    """Raises UsageError."""
    for name, number in (("--batch", batch), ("--rounds", rounds)):
        if number < 1:
            raise UsageError(f"{name} wants a number of at least 1, got {number}")


def _check_together(specs: list[str], compare: bool, form: str, trace: str | None) -> None:
    """Refuse options that do not go together. Raises UsageError."""
    if compare and len(specs) != 2:
        raise UsageError(f"--compare measures two specs in turn, got {len(specs)}")
    if compare and form not in names(COMPARED):
        raise UsageError(f"--compare has no {form}: {either(COMPARED)}")
    if trace and (compare or len(specs) != 1):
        raise UsageError("--trace writes one file: give it one spec")


def _check_weights(specs: list[str], weights: str | None, names: str | None) -> None:
    """Raises UsageError."""
    if weights and len(specs) != 1:
        raise UsageError(f"--weights are of one spec, got {len(specs)}")
    if names and not weights:
        raise UsageError("--map says which tensor is which of --weights: give both")


def _fitting(graph: Graph, weights: str, names: str | None) -> Fitting:
    """All that the network has, of a file. Raises UsageError."""
    from cnncalc.runtime.lower import lower
    from cnncalc.runtime.weights.fitted_weights import UnfitError
    from cnncalc.runtime.weights.fitted_weights import whole as all_of

    file, given = Path(weights), Path(names) if names else None
    try:
        found = all_of(lower(graph, device="meta"), file, given)
    except UnfitError as error:
        raise UsageError(str(error)) from None
    tell(found.lines())
    return found


def _check_whole(
    compare: bool, compiled: bool, graphed: bool, trace: str | None, save: str | None
) -> None:
    """Refuse what wants the layers, of a network that has times as a whole. Raises UsageError."""
    if graphed and (compiled or compare or trace):
        raise UsageError("--graphed goes without --compile, --compare and --trace")
    if save and (compiled or compare or graphed):
        message = "--save learns of layers: it goes without --compile, --compare and --graphed"
        raise UsageError(message)


def _measured(graph: Graph, device: Device, options: Options) -> Profile:
    """One network's profile. Raises UsageError where it does not fit."""
    from cnncalc.runtime.profile.profile import profile as run

    return _attempted([graph], lambda: run(graph, device, options))


def _attempted(graphs: list[Graph], action: Callable[[], Found]) -> Found:
    """What is measured. Raises UsageError where the networks cannot be, as was asked."""
    from cnncalc.runtime.profile.device import UnavailableError
    from cnncalc.runtime.profile.graphs import UngraphedError
    from cnncalc.runtime.profile.profile import DoesNotFitError, UncompiledError

    names = " and ".join(graph.name for graph in graphs)
    try:
        return action()
    except DoesNotFitError as error:
        way = f"a batch of {error.fits} fits" if error.fits else "not even one sample fits"
        message = f"{names}: out of memory with a batch of {error.batch}; {way}"
        raise UsageError(message) from None
    except UncompiledError as error:
        way = "leave --compile out to measure it as it is"
        raise UsageError(f"{names}: torch.compile cannot do it: {error}; {way}") from None
    except UngraphedError as error:
        way = "leave --graphed out to measure it as it is"
        raise UsageError(f"{names}: no CUDA graph can be made of it: {error}; {way}") from None
    except UnavailableError as error:
        raise UsageError(str(error)) from None


def _compared(graphs: list[Graph], device: Device, options: Options, form: Format) -> int:
    """Two networks measured in turn."""
    from cnncalc.runtime.profile.paired import compared

    show_all(form, _attempted(graphs, lambda: compared(graphs[0], graphs[1], device, options)))
    return SOUND
