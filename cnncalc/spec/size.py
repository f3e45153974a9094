"""How many layers a network has at least, told before it is expanded."""

from __future__ import annotations

from cnncalc.spec.source import Scalar
from cnncalc.spec.syntax import BlockCall, GroupCall, Item, JoinCall, LayerCall, Network


def least_layers(network: Network) -> int:
    """A lower bound, without evaluating anything: what has a condition counts as left out."""
    return _Counter(network).items(network.items)


class _Counter:
    def __init__(self, network: Network) -> None:
        self.network = network
        self.blocks: dict[str, int] = {}

    def items(self, items: tuple[Item, ...]) -> int:
        return sum(self.item(item) for item in items if item.when is None)

    def item(self, item: Item) -> int:
        repeat = item.repeat
        count = len(item.rows) or 1
        if repeat is not None:
            literal = isinstance(repeat, Scalar) and repeat.text.isdecimal()
            count *= int(repeat.text[:20]) if literal else 0  # type: ignore[union-attr]
        return count * self.call(item) if count else 0

    def call(self, item: Item) -> int:
        call = item.call
        if isinstance(call, LayerCall):
            return 1
        if isinstance(call, GroupCall):
            return self.items(call.items)
        if isinstance(call, JoinCall):
            lists = [b.body for b in call.branches if b.when is None]
            return sum(self.items(body) for body in lists if not isinstance(body, Scalar))
        return self.block(call.block) if isinstance(call, BlockCall) else 0

    def block(self, name: str) -> int:
        if name not in self.blocks:
            self.blocks[name] = 0  # while it is counted: a block that calls itself is refused later
            block = self.network.blocks.get(name)
            self.blocks[name] = self.items(block.items) if block else 0
        return self.blocks[name]
