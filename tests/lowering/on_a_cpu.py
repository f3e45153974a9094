"""What a CPU keeps and allocates, network by network, beside what is computed.

`python -m tests.lowering.on_a_cpu kept RECORD [NAME...]` adds a line for each network to a file of
JSON lines, each network in a process of its own; those that stand in it are passed over. So does
`allocated`, and `table RECORD` prints a file as Markdown.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cnncalc.language.load import load
from cnncalc.zoo import networks

PATIENCE = 900
"""Seconds that a network may take."""

BATCH = 2
"""The least at which a CPU keeps what it keeps of more."""

SOME = """
alexnet convnext_t densenet121 dcgan_generator googlenet inception_v4 lenet5 lenet5_1998
mobilenet_v2 nasnet_a_mobile plain20 resnet20 resnet50 se_resnet50 shufflenet_v2 squeezenet1_0
swin_t unet vgg16 vit_b16 xception
""".split()  # noqa: SIM905 (a list of words)


def kept(name: str) -> dict[str, Any]:
    """Bytes that autograd keeps, and those computed."""
    from cnncalc.analysis.memory import retained
    from tests.lowering.packed import packed

    graph = load(name)
    return {"kept": packed(graph, "cpu", BATCH), "computed": retained(graph, BATCH, 4)}


def allocated(name: str) -> dict[str, Any]:
    """Bytes at the peak of a step with SGD, of the allocator and computed."""
    from cnncalc.analysis.memory import training
    from tests.lowering import allocated as of

    graph = load(name)
    found = of.allocated(graph, "sgd", BATCH)._asdict()
    sizes = {"computed": training(graph).total(BATCH), "in_place": of.in_place(graph, "sgd", BATCH)}
    return found | sizes


KINDS: dict[str, Callable[[str], dict[str, Any]]] = {"kept": kept, "allocated": allocated}


def record(kind: str, into: Path, names: list[str]) -> None:
    """The networks that a file lacks."""
    known = {each["name"] for each in lines(into)} if into.exists() else set()
    for name in names or (networks() if kind == "kept" else SOME):
        if name not in known:
            with into.open("a") as file:
                file.write(json.dumps({"kind": kind, "name": name, **one(kind, name)}) + "\n")


def one(kind: str, name: str) -> dict[str, Any]:
    """A network, in a process of its own; what kept it from an answer."""
    command = [sys.executable, "-m", __spec__.name if __spec__ else __name__, "one", kind, name]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"{PATIENCE} seconds were not enough"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]}
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert isinstance(found, dict)
    return found


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def table(path: Path) -> Iterator[str]:
    """A file, as Markdown."""
    found = lines(path)
    if found[0]["kind"] == "kept":
        yield "| network | kept on a CPU | computed |"
        yield "| --- | ---: | ---: |"
        for each in found:
            seen = f"{each['kept']:,} | {each['computed']:,}" if "kept" in each else each["failed"]
            yield f"| {each['name']} | {seen} |"
        return
    yield "| network | allocator | without workspaces | computed, in place | computed | at |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    for each in found:
        sizes = (f"{each[key]:,}" for key in ("most", "tensors", "in_place", "computed"))
        yield f"| {each['name']} | {' | '.join(sizes)} | `{each['at'].removeprefix('aten::')}` |"


def main(what: str, *rest: str) -> None:
    """As the module says."""
    if what == "one":
        sys.stdout.write(json.dumps(KINDS[rest[0]](rest[1])) + "\n")
    elif what == "table":
        sys.stdout.write("\n".join(table(Path(rest[0]))) + "\n")
    else:
        record(what, Path(rest[0]), [*rest[1:]])


if __name__ == "__main__":
    main(*sys.argv[1:])
