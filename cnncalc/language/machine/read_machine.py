"""The text of a machine file -> a machine; every fault of it, in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from cnncalc.diagnostics import Diagnostics, Source, listed
from cnncalc.language.text import tree
from cnncalc.language.text.files import nowhere, read_file
from cnncalc.language.text.tree import Node, Scalar, described
from cnncalc.machine import (
    NUMBERS,
    AtPlaces,
    Ceilings,
    Cost,
    HeldOut,
    Level,
    Machine,
    Rates,
)
from cnncalc.path_texts import plain
from cnncalc.records import NamedTuple

AGAIN = "`cnncalc profile SPEC... --save machine.yaml` writes one"
MOST = 10_000
"""Levels, sorts, networks."""

DIGITS = 18
"""Of a number of places, at most."""

Read = Callable[["MachineReader", Node, str], Any]


def read_machine(path: str, diagnostics: Diagnostics) -> Machine | None:
    """The machine in a file; None, with the reasons reported, where it has none."""
    source = read_file(plain(path), path, diagnostics, None)
    return parsed(source, diagnostics) if source else None


def parsed(source: Source, diagnostics: Diagnostics) -> Machine | None:
    """The machine in a text."""
    before = len(diagnostics)
    node = tree.read(source, diagnostics)
    if node is None:
        if len(diagnostics) == before:
            place = nowhere(source.name)
            diagnostics.error("CNN261", place, "the machine file is empty", AGAIN)
        return None
    found = MachineReader(diagnostics).fields(node, "a machine file", MACHINE)
    if found is None or len(diagnostics) > before:
        return None
    return Machine(**found)


class MachineReader:
    """Reads values, each method those of one sort, and reports what is wrong."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics

    def fields(
        self, node: Node, owner: str, known: Mapping[str, MachineField]
    ) -> dict[str, Any] | None:
        """The values of a mapping's fields, each with whether it must be there."""
        entries = self.entries(node, owner)
        if entries is None:
            return None
        found = {}
        for key, value in entries:
            if key.text in known:
                found[key.text] = known[key.text].read(self, value, key.text)
            else:
                hint = self.diagnostics.did_you_mean(key.text, known) or f"it has {listed(known)}"
                message = f"{owner} has no field `{key.text}`"
                self.diagnostics.error("CNN261", key.span, message, hint)
        for name, field in known.items():
            if field.required and name not in found:
                self.diagnostics.error("CNN261", node.span, f"{owner} has no `{name}`", AGAIN)
        return found

    def entries(self, node: Node, owner: str) -> tuple[tuple[Scalar, Node], ...] | None:
        """Of a mapping; None, reported, of anything else."""
        if isinstance(node, tree.Mapping) and len(node.entries) <= MOST:
            return node.entries
        self.wrong(node, f"{owner} wants fields and their values, got {described(node)}")
        return None

    def items(self, node: Node, name: str) -> tuple[Node, ...]:
        """Of a list."""
        if isinstance(node, tree.Sequence) and len(node.items) <= MOST:
            return node.items
        self.wrong(node, f"`{name}` wants a list, got {described(node)}")
        return ()

    def wrong(self, node: Node, message: str) -> None:
        self.diagnostics.error("CNN262", node.span, message, AGAIN)

    # -- values ---------------------------------------------------------------------------------

    def text(self, node: Node, name: str) -> str:
        """A word."""
        if isinstance(node, Scalar):
            return node.text
        self.wrong(node, f"`{name}` wants a word, got {described(node)}")
        return ""

    def number(self, node: Node, name: str) -> float:
        """A number, none below 0."""
        try:
            found = float(node.text) if isinstance(node, Scalar) else -1.0
        except ValueError:
            found = -1.0
        if not isfinite(found) or found < 0:
            self.wrong(node, f"`{name}` wants a number of at least 0, got {described(node)}")
            return 1.0
        return found

    def rate(self, node: Node, name: str) -> float:
        """A number above 0."""
        found = self.number(node, name)
        if not found:
            self.wrong(node, f"`{name}` wants a number above 0, got {described(node)}")
        return found or 1.0

    def count(self, node: Node, name: str) -> int:
        """A whole number."""
        found = self.number(node, name)
        if found != int(found):
            self.wrong(node, f"`{name}` wants a whole number, got {described(node)}")
        return int(found)

    def truth(self, node: Node, name: str) -> bool:
        """`true` or `false`."""
        if isinstance(node, Scalar) and node.text in ("true", "false"):
            return node.text == "true"
        self.wrong(node, f"`{name}` wants true or false, got {described(node)}")
        return False

    # -- what stands together -------------------------------------------------------------------

    def levels(self, node: Node, name: str) -> tuple[Level, ...]:
        """Pairs of a size and a rate."""
        found = []
        for item in self.items(node, name):
            pair = self.items(item, name)
            if len(pair) == 2:
                found.append(Level(self.count(pair[0], name), self.rate(pair[1], name)))
            else:
                self.wrong(
                    item, f"`{name}` wants pairs of a size and a rate, got {described(item)}"
                )
        return tuple(found)

    def rows(self, node: Node, name: str) -> tuple[AtPlaces, ...]:
        """Levels by a number of places."""
        found = []
        for key, value in self.entries(node, f"`{name}`") or ():
            if key.text.isascii() and key.text.isdecimal() and len(key.text) <= DIGITS:
                found.append(AtPlaces(int(key.text), self.levels(value, key.text)))
            else:
                self.wrong(key, f"`{name}` wants numbers of places, got {described(key)}")
        return tuple(found)

    def names(self, node: Node, name: str) -> tuple[str, ...]:
        """A list of words."""
        return tuple(self.text(item, name) for item in self.items(node, name))

    def ceilings(self, node: Node, name: str) -> Ceilings | None:
        """What the device reaches at best."""
        found = self.fields(node, f"`{name}`", CEILINGS)
        return (
            Ceilings(**found)
            if found and {"flops", "bandwidth", "launch"} <= found.keys()
            else None
        )

    def costs(self, node: Node, name: str) -> dict[str, Cost]:
        """By sort of layer."""
        costs = {}
        for key, value in self.entries(node, f"`{name}`") or ():
            found = self.fields(value, f"`{key.text}`", COST)
            if found and len(found) == len(COST):
                costs[key.text] = Cost(**found)
        return costs

    def held_out(self, node: Node, name: str) -> HeldOut | None:
        """How far it was off."""
        found = self.fields(node, f"`{name}`", HELD_OUT)
        return HeldOut(**found) if found and len(found) == len(HELD_OUT) else None

    def rates(self, node: Node, name: str) -> dict[str, Rates]:
        """By kind of numbers, one at least."""
        rates = {}
        for key, value in self.entries(node, f"`{name}`") or ():
            if key.text not in NUMBERS:
                hint = (
                    self.diagnostics.did_you_mean(key.text, NUMBERS)
                    or f"there are {listed(NUMBERS)}"
                )
                message = f"there are no numbers called `{key.text}`"
                self.diagnostics.error("CNN262", key.span, message, hint)
                continue
            found = self.fields(value, f"`{key.text}`", RATES)
            if found and found.get("ceilings") and "costs" in found:
                rates[key.text] = Rates(**found)
        if not rates:
            self.wrong(node, f"`{name}` has none of {listed(NUMBERS)}")
        return rates


class MachineField(NamedTuple):
    """How its value is read, whether it must be there, and what it means."""

    read: Read
    required: bool
    means: str


_R = MachineReader
MACHINE: Mapping[str, MachineField] = {
    "device": MachineField(_R.text, True, "The name of what was measured."),
    "kind": MachineField(_R.text, True, "cpu or cuda."),
    "threads": MachineField(_R.count, True, "Of a CPU."),
    "torch": MachineField(_R.text, True, "The version of PyTorch that it was measured with."),
    "rates": MachineField(_R.rates, True, "What it reaches, by kind of numbers."),
}
RATES: Mapping[str, MachineField] = {
    "ceilings": MachineField(_R.ceilings, True, "What it reaches at best."),
    "costs": MachineField(_R.costs, True, "What layers take, by their sort."),
    "learned": MachineField(_R.names, False, "The networks that the costs are learned of."),
    "held_out": MachineField(
        _R.held_out, False, "How far times told from other networks were off."
    ),
}
CEILINGS: Mapping[str, MachineField] = {
    "flops": MachineField(_R.rate, True, "Operations a second in a large matrix product."),
    "bandwidth": MachineField(_R.rate, True, "Bytes a second, read and written, of a large copy."),
    "launch": MachineField(_R.number, True, "Seconds of an operation on next to nothing."),
    "cache_bandwidth": MachineField(_R.rate, False, "Of a GPU: in a copy that stays in its cache."),
    "window_flops": MachineField(
        _R.rate, False, "Operations a second in a convolution with windows."
    ),
    "window_launch": MachineField(_R.number, False, "Seconds of a convolution on next to nothing."),
    "norm_launch": MachineField(_R.number, False, "Seconds of a batch norm on next to nothing."),
    "exponentials": MachineField(_R.rate, False, "Of the quickest kind, how many a second."),
    "levels": MachineField(
        _R.levels, False, "Sizes in bytes, and bytes a second of copies of that size."
    ),
    "compared": MachineField(
        _R.levels, False, "Numbers in a pool's window, and comparisons a second."
    ),
    "added": MachineField(_R.levels, False, "Numbers in a pool's window, and additions a second."),
    "multiplied": MachineField(
        _R.levels, False, "Numbers in a window that reads one channel, and operations a second."
    ),
    "linear": MachineField(
        _R.levels, False, "Smallest sides of matrices, and operations a second in linear layers."
    ),
    "windows": MachineField(
        _R.rows, False, "Of convolutions, by places: numbers of weights, and operations a second."
    ),
    "pointwise": MachineField(_R.rows, False, "The same of convolutions with windows of one."),
    "turned": MachineField(_R.rows, False, "The same where channels lie behind one another."),
    "block": MachineField(_R.count, False, "So many channels are worked on at once."),
    "ragged": MachineField(
        _R.rows, False, "By places: channels that fill no block, and convolutions a second."
    ),
    "fresh": MachineField(
        _R.levels, False, "Bytes from which memory is new, and bytes a second written there."
    ),
    "winograd": MachineField(_R.truth, False, "Whether 3x3 windows do more than larger ones can."),
    "disturbed": MachineField(
        _R.truth, False, "Whether others used the processor in every round of one."
    ),
}
COST: Mapping[str, MachineField] = {
    "compute": MachineField(_R.number, True, "So many times the least seconds of the products."),
    "memory": MachineField(_R.number, True, "So many times the least seconds of the bytes."),
    "fresh": MachineField(_R.number, True, "So many times the seconds of writing to new memory."),
    "each": MachineField(_R.number, True, "Seconds of each of its operations besides."),
    "layers": MachineField(_R.count, True, "Of how many layers it was learned."),
}
HELD_OUT: Mapping[str, MachineField] = {
    "mean": MachineField(_R.number, True, "As a share of what was measured, on average."),
    "worst": MachineField(_R.number, True, "The largest such share."),
    "networks": MachineField(_R.count, True, "Of how many networks."),
}
