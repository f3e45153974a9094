"""A map of names as it is proposed: what is sure, and what a person should look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cnncalc.importing.drafts import Origin
from cnncalc.importing.weight_map import quoted, written_map
from cnncalc.layers.base import Shape, times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph
from cnncalc.records import NamedTuple
from cnncalc.runtime.lower import lower
from cnncalc.runtime.weights.fitted_weights import shapes_of
from cnncalc.runtime.weights.proposing import proposed
from cnncalc.runtime.weights.safetensors_file import header_of, is_safetensors
from cnncalc.runtime.weights.weight_files import tensors_in


class MapProposal(NamedTuple):
    """Where the weights of `ours` come from, by our names.

    means: how pairs were told; doubts: of some, how many other tensors it could be as well
    without: ours for which there is none; left: tensors of `theirs` that are not used
    """

    ours: str
    theirs: str
    means: str
    origins: Mapping[str, Origin]
    doubts: Mapping[str, int]
    without: Mapping[str, Shape]
    left: Mapping[str, Shape]

    def text(self) -> str:
        """The map, what is doubtful or without a pair as comments."""
        notes = {name: f"or one of {n} others alike" for name, n in self.doubts.items()}
        remarks = [
            *(f"no tensor for {quoted(name)}, {_size(s)}" for name, s in self.without.items()),
            *(f"not used: {quoted(name)}, {_size(s)}" for name, s in self.left.items()),
        ]
        return written_map(self.origins, notes, remarks)

    def lines(self) -> list[str]:
        """How sure the map is."""
        said = [f"{counted(len(self.origins), 'tensor')} paired {self.means}"]
        if self.doubts:
            alike = f"{len(self.doubts):,} could be another of the same shape"
            said.append(f"{alike}, and each is the next in order: look at those marked `# or`")
        if self.without:
            said.append(f"{counted(len(self.without), 'weight')} of {self.ours} without a tensor")
        if self.left:
            said.append(f"{counted(len(self.left), 'tensor')} of {self.theirs} not used")
        return said


def by_shapes(
    ours: Mapping[str, Shape], theirs: Mapping[str, Shape], name: str, their_name: str
) -> MapProposal:
    """By names, order and shapes."""
    found = proposed(ours, theirs)
    origins = {mine: Origin((other,)) for mine, other in found.pairs.items()}
    means = "by name" if found.by_name else "by order and shape"
    without = {each: ours[each] for each in found.without}
    left = {each: theirs[each] for each in found.left}
    return MapProposal(name, their_name, means, origins, found.ambiguous, without, left)


def shapes_of_graph(graph: Graph) -> dict[str, Shape]:
    """Of the weights of a spec's network."""
    return shapes_of(lower(graph, device="meta"))


def shapes_in(file: Path) -> dict[str, Shape]:
    """Of the tensors in a file. Raises ReadError."""
    if is_safetensors(file):
        return {name: stored.shape for name, stored in header_of(file).tensors.items()}
    return {name: tuple(tensor.shape) for name, tensor in tensors_in(file).items()}


def _size(shape: Shape) -> str:
    return times(shape) or "a number"
