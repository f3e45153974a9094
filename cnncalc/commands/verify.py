"""`cnncalc verify`: every analytic number against the lowered network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import VERIFY, show_each
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import (
    UsageError,
    arguments,
    need_torch,
    one_device,
    one_format,
    shapes,
)
from cnncalc.commands.output import tell
from cnncalc.network.graph import Graph
from cnncalc.network.stated import StatedError
from cnncalc.verification import Verification

DEVICES = ("cpu", "meta", "cuda")


def verify(
    specs: list[str],
    settings: list[str],
    device: str | None = None,
    field: bool = True,
    form: str = "text",
    inputs: Sequence[str] = (),
) -> int:
    """Print what was compared, and what differs; 1 where something does. Raises UsageError."""
    chosen = one_format(form, VERIFY)
    if device is not None:
        one_device(device, DEVICES)
    overrides, given = arguments(settings), shapes(inputs)
    verified = verifier(device, field)
    found: list[Verification] = []
    graphs = (graph for spec in specs if (graph := graph_of(spec, overrides, given)))
    show_each(chosen, kept(_verified(verified, graphs), found))
    if chosen.name == "text" and len(specs) > 1 and found:
        from cnncalc.report.verification.to_text import summary

        sys.stdout.write(f"\n{summary(found)}")
    sound = len(found) == len(specs) and all(each.sound for each in found)
    return SOUND if sound else PROBLEMS


def _verified(
    verified: Callable[[Graph], Verification], graphs: Iterable[Graph]
) -> Iterator[Verification]:
    """Those that can be; of others it is said why not."""
    for graph in graphs:
        try:
            yield verified(graph)
        except StatedError as error:
            tell([f"not verified: {error}"])


def kept(verified: Iterator[Verification], found: list[Verification]) -> Iterator[Verification]:
    """Each when it is there, as some take their time; in the end `found` has all."""
    for one in verified:
        found.append(one)
        yield one


def verifier(device: str | None, field: bool) -> Callable[[Graph], Verification]:
    """What verifies one network. Raises UsageError where PyTorch or the device is missing; what it
    gives does, where memory runs out."""
    need_torch("verify")
    from cnncalc.runtime.verify import gpus
    from cnncalc.runtime.verify import verify as verified

    name, _, number = (device or "").partition(":")
    if name == "cuda" and int(number or 0) >= gpus():
        found = f"{gpus()} CUDA devices, counted from 0" if gpus() else "no CUDA device"
        way = "`cpu` or `meta` need none"
        raise UsageError(f"--device {device}: PyTorch finds {found}; {way}")
    from cnncalc.runtime.exhaustion import ran_out

    def run(graph: Graph) -> Verification:
        try:
            return verified(graph, device=device, field=field)
        except Exception as error:
            if not ran_out(error):
                raise
        raise UsageError(f"{graph.name}: out of memory; `--device meta` takes none")

    return run
