"""`python -m benchmarks.record`: networks measured on this machine, as a page of docs/measurements.

python -m benchmarks.record --device cuda --batch 1,32,256 --dtype fp32,bf16 --compile 32
"""

from __future__ import annotations

import argparse
import datetime
import platform
import sys
from collections.abc import Iterator, Sequence

import torch

from cnncalc import __version__, load
from cnncalc.analysis.measured import Ceilings, LayerTime, Peak, Profile, Timing
from cnncalc.analysis.memory import traffic
from cnncalc.numbers import rounded
from cnncalc.report.profile.compared.to_text import to_text as comparison_text
from cnncalc.report.profile.units import seconds
from cnncalc.runtime.profile.device import Device, UnavailableError, device
from cnncalc.runtime.profile.paired import compared
from cnncalc.runtime.profile.profile import DoesNotFitError, Options, UncompiledError, profile
from cnncalc.runtime.reading import brief

NETWORKS = ("resnet50", "vgg16", "mobilenet_v2", "naive", "bottleneck")
PAIR = ("naive", "bottleneck")
UNMEASURED = (DoesNotFitError, UncompiledError, UnavailableError, RuntimeError)
"""What one measurement can end with: the others go on. A RuntimeError is an operation that PyTorch
does not have for these numbers on this device."""

HEAD = [
    *("network", "numbers", "batch", "mode", "forward", "least", "FLOP/s", "of the ceiling"),
    *("step", "MACs", "memory, forward", "memory, step"),
]


def main(given: Sequence[str]) -> None:
    """Print the page."""
    asked = _arguments(given)
    command = " ".join(["python -m benchmarks.record", *given])
    devices = [device(asked.device, dtype) for dtype in asked.dtype.split(",")]
    today = datetime.datetime.now(tz=datetime.UTC).date()
    print(f"# {devices[0].name}, {today}\n")
    print(*_circumstances(devices[0], command, asked.rounds), sep="\n")
    print(f"\n{_row(HEAD)}\n{_row(['---', '---', *['---:'] * (len(HEAD) - 2)])}")
    ceilings: dict[str, Ceilings] = {}
    for one in devices:
        for row in _networks(one, asked, ceilings):
            print(_row(row), flush=True)
    print(f"\n{COLUMNS}\n\nCeilings, measured in the same runs:\n")
    print(_row(["numbers", "matrix product", "copy", "start of an operation"]))
    print(_row(["---", "---:", "---:", "---:"]))
    for dtype, found in ceilings.items():
        rates = f"{rounded(round(found.flops))}FLOP/s", f"{rounded(round(found.bandwidth))}B/s"
        print(_row([dtype, *rates, seconds(found.launch)]))
    print("\n## The Inception pair, in turn\n")
    for one in devices:
        options = Options(batch=_numbers(asked.batch)[-1], rounds=asked.rounds)
        left, right = (load(name) for name in PAIR)
        try:
            print(f"```text\n{comparison_text(compared(left, right, one, options))}```\n")
        except UNMEASURED as error:
            print(f"{one.dtype}: {_why(error)}\n")


COLUMNS = """\
Times are medians, behind them the quartiles. *least*: the sum of what the device's ceilings allow
each layer at best. *MACs*: what `FlopCounterMode` counts against what was computed. *memory*:
what tensors asked for at the peak / computed; of a GPU, behind it what the allocator held for them.
Libraries add workspace."""


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--batch", default="1,8", help="with commas")
    parser.add_argument("--dtype", default="fp32", help="with commas")
    parser.add_argument("--compile", default="", help="batches that are compiled, too")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--networks", default=",".join(NETWORKS), help="with commas")
    return parser.parse_args(given)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


def _circumstances(place: Device, command: str, rounds: int) -> Iterator[str]:
    threads = "" if place.cuda else f", {torch.get_num_threads()} threads"
    yield f"- device: {place.name}{threads}"
    if place.cuda:
        yield f"- CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    python = platform.python_version()
    yield f"- PyTorch {torch.__version__}, Python {python}, {platform.platform()}"
    yield f"- cnncalc {__version__}: `{command}`"
    yield f"- {rounds} rounds after a warm-up"


def _networks(
    place: Device, asked: argparse.Namespace, ceilings: dict[str, Ceilings]
) -> Iterator[list[str]]:
    for name in asked.networks.split(","):
        graph = load(name)
        for batch in _numbers(asked.batch):
            for compiled in (False, True) if batch in _numbers(asked.compile) else (False,):
                options = Options(batch=batch, rounds=asked.rounds, compiled=compiled)
                mode = "compiled" if compiled else "eager"
                row = [graph.name, place.dtype, str(batch), mode]
                try:
                    found = profile(graph, place, options)
                except UNMEASURED as error:
                    yield [*row, _why(error)]
                    continue
                ceilings[place.dtype] = found.ceilings
                yield [*row, *_cells(found, place)]


def _why(error: Exception) -> str:
    """Why something has no numbers, in a cell."""
    if isinstance(error, DoesNotFitError):
        return f"too large: {error.fits} fit"
    words = "not compiled" if isinstance(error, UncompiledError) else "not measured"
    return f"{words}: {brief(' '.join(str(error).split())).replace('|', '/')}"


def _cells(found: Profile, place: Device) -> list[str]:
    ops = found.summary.totals.ops
    rate = ops.flops / found.forward.median
    assert found.step
    computed = ops.macs // found.setting.batch
    equal = "equal" if found.measured_macs == computed else f"{found.measured_macs / computed:.4f}"
    return [
        _spread(found.forward),
        seconds(_least(found, place.type.itemsize)),
        f"{rounded(round(rate))}",
        f"{rate / found.ceilings.flops:.0%}",
        _spread(found.step),
        equal,
        _memory(found.inference_peak, found.predicted.inference),
        _memory(found.training_peak, found.predicted.training),
    ]


def _least(found: Profile, width: int) -> float:
    """The seconds of a forward pass in which each layer takes what the ceilings allow."""
    total = 0.0
    for row in found.summary.rows:
        moved = traffic(row.node, found.setting.batch) * width
        if moved:
            layer = LayerTime(0.0, None, row.ops.flops, moved)
            total += max(layer.least(found.ceilings).values())
    return total


def _spread(time: Timing) -> str:
    return f"{seconds(time.median)} ({seconds(time.low)} to {seconds(time.high)})"


def _memory(peak: Peak | None, computed: int) -> str:
    if peak is None:
        return "not measured"
    requested = peak.requested
    held = "" if peak.reserved is None else f" ({peak.reserved / 2**20:,.0f} held)"
    ratio = f"{requested / computed:.2f}"
    return f"{requested / 2**20:,.0f} / {computed / 2**20:,.0f} MiB = {ratio}{held}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
