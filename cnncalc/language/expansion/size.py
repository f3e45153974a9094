"""How many layers a network can have at most, told before it is expanded."""

from __future__ import annotations

from collections import ChainMap

from cnncalc.language.text.tree import Scalar
from cnncalc.language.written.syntax import (
    BlockCall,
    Call,
    GroupCall,
    Item,
    JoinCall,
    LayerCall,
    Network,
    Output,
    Share,
)

DEEPEST = 48
"""Blocks and groups in each other."""

Known = ChainMap[str, int]
"""The sizes of the named items in reach: one that shares their weights is as large."""


class Sizes:
    """An upper bound for each item: every condition counts as true, what runs nothing as 1.

    A repeat that is an expression counts as 1, as computed rows do: the one who evaluates it
    multiplies.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._blocks: dict[str, int] = {}
        self._runs: dict[int, int] = {}
        self._depth = 0
        known: Known = ChainMap()
        self.most = self._list(network.items, network.outputs, known)

    def run(self, item: Item) -> int:
        """One run of `item`, its repeats and rows left out."""
        return self._runs.get(id(item), 1)

    def all(self, item: Item) -> int:
        """All runs of `item`."""
        rows = 1 if isinstance(item.rows, Scalar) else len(item.rows)
        return self.run(item) * _times(item) * max(rows, 1)

    def _list(self, items: tuple[Item, ...], outputs: tuple[Output, ...], known: Known) -> int:
        size = self._items(items, known)
        return size + sum(self._items(head.items, known.new_child()) for head in outputs)

    def _items(self, items: tuple[Item, ...], known: Known) -> int:
        return sum(self._item(item, known) for item in items)

    def _item(self, item: Item, known: Known) -> int:
        run = self._call(item.call, known)
        if run > 1:
            self._runs[id(item)] = run
        size = self.all(item)
        if item.name:
            known[item.name.text] = size
        return size

    def _call(self, call: Call | None, known: Known) -> int:
        if isinstance(call, GroupCall):
            return self._list(call.items, call.outputs, known.new_child())
        if isinstance(call, JoinCall | LayerCall):
            branches = () if isinstance(call.branches, Scalar) else call.branches
            bodies = [branch.body for branch in branches]
            return 1 + sum(
                self._items(body, known.new_child())
                for body in bodies
                if not isinstance(body, Scalar)
            )
        if isinstance(call, BlockCall):
            return self._block(call.block)
        if isinstance(call, Share):
            return self._call(call.call, known) if call.call else known.get(call.name.text, 1)
        return 1

    def _block(self, name: str) -> int:
        if name not in self._blocks and self._depth <= DEEPEST:
            self._blocks[name] = 1  # while it is counted: one that calls itself is refused later
            block = self._network.blocks.get(name)
            if block:
                self._depth += 1
                self._blocks[name] = self._list(block.items, block.outputs, ChainMap())
                self._depth -= 1
        return self._blocks.get(name, 1)  # one that stands too deep is refused later, too


def _times(item: Item) -> int:
    """How often an item repeats, where that is written as a number."""
    text = item.repeat.text.replace("_", "") if isinstance(item.repeat, Scalar) else ""
    return max(int(text[:20]), 1) if text.isdecimal() else 1
