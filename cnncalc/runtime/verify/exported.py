"""The exported source, run by itself, against the lowered network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.layers.fields import counted
from cnncalc.lowering.classes import network_name
from cnncalc.lowering.whitelist import runnable
from cnncalc.network.graph import Graph
from cnncalc.records import NamedTuple
from cnncalc.runtime.lower import samples
from cnncalc.runtime.verify.places import shape
from cnncalc.runtime.verify.threads import one_thread
from cnncalc.runtime.verify.trace import attempt
from cnncalc.verification import Check, Deviation

NAME = "exported source"

ALONE = """
import sys
from traceback import format_exc
sys.modules["cnncalc"] = None               # as if it were not installed
import torch
torch.set_num_threads(1)                    # sums depend on how they are split

def run(folder, name, device, numbers):
    namespace = {"__name__": "exported"}
    exec(compile(open(f"{folder}/network.py", encoding="utf-8").read(), "network.py", "exec"),
         namespace)
    with torch.device(device):
        network = namespace[name]().to(getattr(torch, numbers)).eval()
    network.load_state_dict(torch.load(f"{folder}/state.pt", weights_only=True), strict=True)
    given = torch.load(f"{folder}/input.pt", weights_only=True)
    with torch.no_grad():
        torch.save(network(*given), f"{folder}/output.pt")

for folder, name, device, numbers in zip(*[iter(sys.argv[1:])] * 4):
    try:
        run(folder, name, device, numbers)
    except BaseException:
        with open(f"{folder}/error.txt", "w", encoding="utf-8") as file:
            file.write(format_exc())
"""
"""What runs in the other process."""


class _Run(NamedTuple):
    """A lowered network that has run. error: why it did not."""

    graph: Graph
    given: list[Tensor]
    expected: dict[str, Tensor]
    state: dict[str, Any]
    device: str
    numbers: str
    error: str


def check_exported(graph: Graph, network: nn.Module, device: str) -> Check:
    """It takes the lowered network's `state_dict`, strictly, and gives the same outputs: to the
    last bit on a CPU; on the meta device, of the same shapes."""
    return check_together([(graph, network)], device)[0]


def check_together(networks: Sequence[tuple[Graph, nn.Module]], device: str) -> list[Check]:
    """The same of several networks, whose sources run in one process."""
    runs = [_run(graph, network, device) for graph, network in networks]
    sound = [run for run in runs if not run.error]
    found = iter(_by_themselves(sound) if sound else [])
    return [_check(run, run.error or next(found)) for run in runs]


def _run(graph: Graph, network: nn.Module, device: str) -> _Run:
    where = "meta" if device == "meta" else "cpu"
    network.to(where).eval()
    given = samples(graph, 1, where)
    numbers = "float32"
    expected, error = _outputs(network, given)
    if not _finite(expected):  # without trained norms, what is deep grows beyond float32
        numbers = "float64"
        expected, error = _outputs(network.double(), given := [_double(x) for x in given])
    state = network.state_dict()
    network.float().to(device)
    return _Run(graph, given, expected, state, where, numbers, error)


def _check(run: _Run, found: dict[str, Tensor] | str) -> Check:
    means = "a fresh process: shapes only, on meta"
    if run.device == "cpu":
        means = f"a fresh process: the same bits, {run.numbers} on cpu"
    if isinstance(found, str):
        what = "forward" if run.error else "the source, by itself"
        wrong = Deviation("", run.graph.path, what, "runs", found)
        return Check(NAME, "1 source", means, (wrong,))
    finite = _finite(run.expected)
    unconfirmed = () if finite else ("the output is not finite, in float64 either",)
    compared = f"{counted(len(run.state), 'tensor')} in, {counted(len(run.expected), 'output')}"
    differences = tuple(_differences(run.graph, run.expected, found))
    return Check(NAME, compared, means, differences, unconfirmed)


def _outputs(network: nn.Module, given: Sequence[Tensor]) -> tuple[dict[str, Tensor], str]:
    """By name; or why there are none."""
    with torch.no_grad(), one_thread():
        found, error = attempt(network, given)
    return _named(found), error


def _named(found: Any) -> dict[str, Tensor]:
    return found if isinstance(found, dict) else {"output": found}


def _finite(outputs: dict[str, Tensor]) -> bool:
    """Whether the numbers are such; on the meta device there are none."""
    return all(x.is_meta or bool(x.isfinite().all()) for x in outputs.values())


def _double(x: Tensor) -> Tensor:
    return x.double() if x.is_floating_point() else x


def _by_themselves(runs: Sequence[_Run]) -> list[dict[str, Tensor] | str]:
    """The outputs of each source in a process of its own, or its last words."""
    with TemporaryDirectory() as folder:
        arguments: list[str] = []
        for number, run in enumerate(runs):
            _write(run, Path(folder, str(number)))
            arguments += [str(number), network_name(run.graph), run.device, run.numbers]
        ended = subprocess.run(
            [sys.executable, "-I", "-c", ALONE, *arguments],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        last = _last_words(ended.stderr) or f"exit code {ended.returncode}"
        return [_read(Path(folder, str(number)), last) for number in range(len(runs))]


def _write(run: _Run, here: Path) -> None:
    here.mkdir()
    (here / "network.py").write_text(runnable(run.graph), encoding="utf-8")
    torch.save(run.state, here / "state.pt")
    torch.save(run.given, here / "input.pt")


def _read(here: Path, last: str) -> dict[str, Tensor] | str:
    """What a source gave; or the last words of it, or of its process."""
    if (here / "output.pt").exists():
        return _named(torch.load(here / "output.pt", weights_only=True))
    error = here / "error.txt"
    return _last_words(error.read_text(encoding="utf-8")) if error.exists() else last


def _last_words(trace: str) -> str:
    """The error that a process died of, with the lines it has behind it."""
    lines = trace.rstrip().splitlines()
    starts = [place for place, text in enumerate(lines) if text[:1].strip()]
    return " ".join(text.strip() for text in lines[starts[-1] :]) if starts else ""


def _bits(x: Tensor) -> Tensor:
    return x.contiguous().view(torch.uint8)


def _differences(
    graph: Graph, expected: dict[str, Tensor], found: dict[str, Tensor]
) -> Iterator[Deviation]:
    for name in {**expected, **found}:
        one, other = expected.get(name), found.get(name)
        if one is None or other is None or one.shape != other.shape:
            said, has = ("none" if x is None else shape(x.shape) for x in (one, other))
            yield Deviation("", graph.path, f"output `{name}`", said, has)
        elif not one.is_meta and not torch.equal(_bits(one), _bits(other)):
            far = f"off by up to {(one - other).abs().max().item():g}"
            yield Deviation("", graph.path, f"output `{name}`", "the same bits", far)
