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

from cnncalc.graph import Graph
from cnncalc.lowering.classes import network_name
from cnncalc.lowering.whitelist import runnable
from cnncalc.runtime.lower import samples
from cnncalc.runtime.verify.places import counted, shape
from cnncalc.runtime.verify.threads import one_thread
from cnncalc.runtime.verify.trace import attempt
from cnncalc.verification import Check, Finding

NAME = "exported source"

ALONE = """
import sys
sys.modules["cnncalc"] = None               # as if it were not installed
import torch
torch.set_num_threads(1)                    # sums depend on how they are split
name, device, numbers = sys.argv[1:]
namespace = {"__name__": "exported"}
exec(compile(open("network.py", encoding="utf-8").read(), "network.py", "exec"), namespace)
with torch.device(device):
    network = namespace[name]().to(getattr(torch, numbers)).eval()
network.load_state_dict(torch.load("state.pt", weights_only=True), strict=True)
given = torch.load("input.pt", weights_only=True)
with torch.no_grad():
    torch.save(network(*given), "output.pt")
"""
"""What runs in the other process."""


def check_exported(graph: Graph, network: nn.Module, device: str) -> Check:
    """It takes the lowered network's `state_dict`, strictly, and gives the same outputs: to the
    last bit on a CPU; on the meta device, of the same shapes."""
    where = "meta" if device == "meta" else "cpu"
    network.to(where).eval()
    given = samples(graph, 1, where)
    numbers = "float32"
    expected, error = _outputs(network, given)
    if not _finite(expected):  # without trained norms, what is deep grows beyond float32
        numbers = "float64"
        expected, error = _outputs(network.double(), given := [_double(x) for x in given])
    found = error or _by_itself(graph, network.state_dict(), given, where, numbers)
    network.float().to(device)
    means = "a fresh process: shapes only, on meta"
    if where == "cpu":
        means = f"a fresh process: the same bits, {numbers} on cpu"
    if isinstance(found, str):
        what = "forward" if error else "the source, by itself"
        return Check(NAME, "1 source", means, (Finding("", graph.path, what, "runs", found),))
    unconfirmed = () if _finite(expected) else ("the output is not finite, in float64 either",)
    count = len(network.state_dict())
    compared = f"{count:,} tensors in, {counted(len(expected), 'output')}"
    return Check(NAME, compared, means, tuple(_differences(graph, expected, found)), unconfirmed)


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


def _by_itself(
    graph: Graph, state: dict[str, Any], given: list[Tensor], device: str, numbers: str
) -> dict[str, Tensor] | str:
    """The outputs of the source in a process of its own, or its last words."""
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "network.py").write_text(runnable(graph), encoding="utf-8")
        torch.save(state, here / "state.pt")
        torch.save(given, here / "input.pt")
        run = subprocess.run(
            [sys.executable, "-I", "-c", ALONE, network_name(graph), device, numbers],
            cwd=here,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if run.returncode:
            return _last_words(run.stderr) or f"exit code {run.returncode}"
        return _named(torch.load(here / "output.pt", weights_only=True))


def _last_words(trace: str) -> str:
    """The error that a process died of, with the lines it has behind it."""
    lines = trace.rstrip().splitlines()
    starts = [place for place, text in enumerate(lines) if text[:1].strip()]
    return " ".join(text.strip() for text in lines[starts[-1] :]) if starts else ""


def _bits(x: Tensor) -> Tensor:
    return x.contiguous().view(torch.uint8)


def _differences(
    graph: Graph, expected: dict[str, Tensor], found: dict[str, Tensor]
) -> Iterator[Finding]:
    for name in {**expected, **found}:
        one, other = expected.get(name), found.get(name)
        if one is None or other is None or one.shape != other.shape:
            said, has = ("none" if x is None else shape(x.shape) for x in (one, other))
            yield Finding("", graph.path, f"output `{name}`", said, has)
        elif not one.is_meta and not torch.equal(_bits(one), _bits(other)):
            far = f"off by up to {(one - other).abs().max().item():g}"
            yield Finding("", graph.path, f"output `{name}`", "the same bits", far)
