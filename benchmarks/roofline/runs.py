"""Networks as they ran, in a file: each is kept before the next one begins, and none runs twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc import load
from cnncalc.analysis.learning import Lesson, Sample
from cnncalc.analysis.measured import Profile
from cnncalc.analysis.roofline import works
from cnncalc.machine import NUMBERS, Ceilings
from cnncalc.network.graph import Graph


class OtherwiseError(Exception):
    """The file is of another device, or of other numbers; the message says which."""


class Run(NamedTuple):
    """A network that ran: seconds of the whole, and of each layer, in the graph's order.

    rounds: of all; disturbed: in which others used the processor
    """

    seconds: float
    layers: tuple[float, ...]
    rounds: int
    disturbed: int

    @classmethod
    def of(cls, found: Profile) -> Run:
        """What a profile has of it."""
        layers = tuple(_brief(layer.forward) for layer in found.layers.values())
        others = found.disturbance
        return cls(_brief(found.forward.median), layers, others.rounds, others.disturbed)

    def lesson(self, graph: Graph, batch: int, width: int) -> Lesson:
        """What its layers do, as it is counted now, and what they took."""
        done = works(graph, batch, width).values()
        pairs = zip(done, self.layers, strict=True)
        samples = tuple(Sample(*each) for each in pairs)
        return Lesson(graph.name, samples, self.seconds)


def _brief(seconds: float) -> float:
    """To five digits: no clock is better."""
    return float(f"{seconds:.5g}")


class Runs:
    """All of a file: how they were measured, what the device reaches, and the runs by spec."""

    def __init__(self, path: Path, setting: Mapping[str, Any]) -> None:
        """Raises OtherwiseError where what is there was measured otherwise."""
        self.path = path
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.setting = found.get("setting", dict(setting))
        for name, value in setting.items():
            if self.setting[name] != value:
                there = f"{name} {self.setting[name]}"
                raise OtherwiseError(f"{path} is of {there}, not {value}: name another file")
        self.ceilings = Ceilings.of(found["ceilings"]) if "ceilings" in found else None
        runs = found.get("networks", {})
        self.found = {
            name: Run(**{**run, "layers": tuple(run["layers"])}) for name, run in runs.items()
        }

    def keep(self) -> None:
        """Write all of it."""
        runs = [
            f"{json.dumps(name)}: {json.dumps(run._asdict())}" for name, run in self.found.items()
        ]
        known = self.ceilings._asdict() if self.ceilings else None
        head = [f'"setting": {json.dumps(self.setting)}']
        head += [f'"ceilings": {json.dumps(known)}'] if known else []
        head += ['"networks": {\n' + ",\n".join(runs) + "\n}"]
        beside = self.path.with_suffix(".part")
        beside.write_text("{" + ",\n".join(head) + "}\n", encoding="utf-8")
        beside.replace(self.path)

    def lessons(self) -> Iterator[Lesson]:
        """What each of them teaches."""
        batch, width = self.setting["batch"], NUMBERS[self.setting["dtype"]]
        for name, run in self.found.items():
            yield run.lesson(load(name), batch, width)
