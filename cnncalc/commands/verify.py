"""`cnncalc verify`: every analytic number against the lowered network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
from cnncalc.records import NamedTuple
from cnncalc.verification import Verification


class Against(NamedTuple):
    """The model that a spec is held against: its name, what it is made with, the path of the module
    of it that is meant."""

    name: str
    settings: Sequence[str] = ()
    part: str = ""


class FileOfWeights(NamedTuple):
    """Those that a network is verified with: a file, and a map of its names."""

    file: str
    names: str | None = None


SAMPLES = 2
"""What a model and a spec are run with; fewer where a file says so."""

DEVICES = ("cpu", "meta", "cuda")


def verify(
    specs: list[str],
    settings: list[str],
    device: str | None = None,
    field: bool = True,
    form: str = "text",
    inputs: Sequence[str] = (),
    against: Against | None = None,
    weights: FileOfWeights | None = None,
) -> int:
    """Print what was compared, and what differs; 1 where something does. Raises UsageError."""
    chosen = one_format(form, VERIFY)
    if weights and (against or len(specs) != 1 or device == "meta"):
        raise UsageError("--weights are of one spec: without --against, and not on `meta`")
    if against and device not in (None, "cpu"):
        raise UsageError("--against runs both on the CPU: leave out --device")
    if device is not None:
        one_device(device, DEVICES)
    overrides, given = arguments(settings), shapes(inputs)
    verified = holder(against) if against else verifier(device, field, weights)
    found: list[Verification] = []
    graphs = (graph for spec in specs if (graph := graph_of(spec, overrides, given)))
    show_each(chosen, kept(_verified(verified, graphs), found))
    if chosen.name == "text" and len(specs) > 1 and found:
        from cnncalc.report.verification.to_text import summary

        sys.stdout.write(f"\n{summary(found)}")
    sound = len(found) == len(specs) and all(each.sound for each in found)
    return SOUND if sound else PROBLEMS


class NotVerifiedError(Exception):
    """A spec could not be held against a model; the message says why."""


def holder(against: Against) -> Callable[[Graph], Verification]:
    """What holds a network against a model. Raises UsageError; what it gives does, too, and
    NotVerifiedError."""
    need_torch("verify")
    from cnncalc.commands.import_model import settings_of

    given = settings_of(against.settings)
    if against.name.endswith((".onnx", ".pt2")) and (given or against.part):
        raise UsageError("neither --with nor --module goes with a file of a model")

    def run(graph: Graph) -> Verification:
        from cnncalc.runtime.importing.against.comparing import against as held
        from cnncalc.runtime.importing.against.original import original
        from cnncalc.runtime.lower import samples

        drawn = samples(graph, SAMPLES)
        with refusing(against.name):
            model = original(against.name, given, against.part, drawn, tell)
            return held(graph, model, [each[: model.batch] for each in drawn], against.name)

    return run


@contextmanager
def refusing(model: str) -> Iterator[None]:
    """Where a model is made and read. Raises UsageError where it cannot be, NotVerifiedError where
    it cannot be followed."""
    from cnncalc.runtime.importing.named import NoModelError
    from cnncalc.runtime.importing.traced import TraceError
    from cnncalc.runtime.reading import ReadError

    try:
        yield
    except NoModelError as error:
        raise UsageError(str(error)) from None
    except ReadError as error:
        raise UsageError(f"`{model}` {error}") from None
    except TraceError as error:
        raise NotVerifiedError(f"torch.export cannot follow {model}: {error}") from None


def _verified(
    verified: Callable[[Graph], Verification], graphs: Iterable[Graph]
) -> Iterator[Verification]:
    """Those that can be; of others it is said why not."""
    for graph in graphs:
        try:
            yield verified(graph)
        except StatedError as error:
            tell([f"not verified: {error}"])
        except NotVerifiedError as error:
            tell([f"{graph.name}: {error}"])


def kept(verified: Iterator[Verification], found: list[Verification]) -> Iterator[Verification]:
    """Each when it is there, as some take their time; in the end `found` has all."""
    for one in verified:
        found.append(one)
        yield one


def verifier(
    device: str | None, field: bool, weights: FileOfWeights | None
) -> Callable[[Graph], Verification]:
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
            if weights:
                return _with(weights, graph, device, field)
            return verified(graph, device=device, field=field)
        except Exception as error:
            if not ran_out(error):
                raise
        raise UsageError(f"{graph.name}: out of memory; `--device meta` takes none")

    return run


def _with(weights: FileOfWeights, graph: Graph, device: str | None, field: bool) -> Verification:
    """Raises UsageError where the file cannot be read, or the map is none of it."""
    from cnncalc.runtime.verify.with_weights import verify_with
    from cnncalc.runtime.weights.fitted_weights import UnfitError

    names = Path(weights.names) if weights.names else None
    try:
        return verify_with(graph, Path(weights.file), names, device, field)
    except UnfitError as error:
        raise UsageError(str(error)) from None
