"""The exported source, run by itself, against the lowered network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.graph import Graph
from cnncalc.lowering.names import class_name
from cnncalc.lowering.source import source
from cnncalc.runtime.lower import samples
from cnncalc.runtime.verify.threads import one_thread
from cnncalc.runtime.verify.trace import attempt
from cnncalc.verification import Check, Finding

NAME = "exported source"

ALONE = """
import sys
sys.modules["cnncalc"] = None               # as if it were not installed
import torch
torch.set_num_threads(1)                    # sums depend on how they are split
name, device = sys.argv[1:]
namespace = {"__name__": "exported"}
exec(compile(open("network.py", encoding="utf-8").read(), "network.py", "exec"), namespace)
with torch.device(device):
    network = namespace[name]().eval()
network.load_state_dict(torch.load("state.pt", weights_only=True), strict=True)
given = torch.load("input.pt", weights_only=True)
with torch.no_grad():
    torch.save(network(*given), "output.pt")
"""
"""What runs in the other process."""


def check_exported(graph: Graph, network: nn.Module, device: str) -> Check:
    """It takes the lowered network's `state_dict`, strictly, and gives the same outputs: to the
    last bit on a CPU; on the meta device, of the same shapes."""
    real = device != "meta"
    where = "cpu" if real else "meta"
    means = f"a fresh process: {'the same bits, on cpu' if real else 'shapes only, on meta'}"
    alone = network.to(where).eval()
    given = samples(graph, 1, where)
    with torch.no_grad(), one_thread():
        expected, error = attempt(alone, given)
    if error:
        return Check(NAME, "", means, (Finding("", graph.path, "forward", "runs", error),))
    found = _by_itself(graph, alone.state_dict(), given, where)
    network.to(device)
    if isinstance(found, str):
        fails = Finding("", graph.path, "the source, by itself", "runs", found)
        return Check(NAME, "1 source", means, (fails,))
    differences = tuple(_differences(graph, expected, found, real))
    return Check(NAME, f"{len(alone.state_dict()):,} tensors in, all outputs", means, differences)


def _by_itself(graph: Graph, state: dict[str, Any], given: list[Tensor], device: str) -> Any:
    """The outputs of the source in a process of its own, or its last words."""
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "network.py").write_text(source(graph), encoding="utf-8")
        torch.save(state, here / "state.pt")
        torch.save(given, here / "input.pt")
        run = subprocess.run(
            [sys.executable, "-I", "-c", ALONE, class_name(graph.name), device],
            cwd=here,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            return (run.stderr.strip().splitlines() or [f"exit code {run.returncode}"])[-1]
        return torch.load(here / "output.pt", weights_only=True)


def _differences(graph: Graph, expected: Any, found: Any, real: bool) -> list[Finding]:
    left: dict[str, Tensor] = expected if isinstance(expected, dict) else {"output": expected}
    right: dict[str, Tensor] = found if isinstance(found, dict) else {"output": found}
    differing = []
    for name in {**left, **right}:
        one, other = left.get(name), right.get(name)
        if one is None or other is None or one.shape != other.shape:
            said, has = (str(tuple(x.shape)) if x is not None else "none" for x in (one, other))
            differing.append(Finding("", graph.path, f"output `{name}`", said, has))
        elif real and not torch.equal(one, other):
            far = f"off by up to {(one - other).abs().max().item():g}"
            differing.append(Finding("", graph.path, f"output `{name}`", "the same bits", far))
    return differing
