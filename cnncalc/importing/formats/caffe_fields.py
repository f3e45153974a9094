"""A Caffe layer with its fields, and what many types read of them alike."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.formats.prototxt_text import Message
from cnncalc.importing.formats.window_operations import Pair
from cnncalc.importing.program import PassedTensor
from cnncalc.records import NamedTuple

Seen = Sequence[PassedTensor]
Given = PassedTensor | Sequence[PassedTensor]


class CaffeLayer(NamedTuple):
    """A layer: its name, its type, its fields, how many blobs it gives."""

    name: str
    kind: str
    message: Message
    tops: int

    def settings(self, name: str) -> Message:
        """Those of a type, `convolution_param`; of the first format, which has some of them among
        its own fields."""
        return self.message.message(f"{name}_param")

    def wrong(self, what: str) -> FormatError:
        """The error that says so, with its place."""
        return FormatError(f"`{shortened(self.name)}`: {what}", self.message.line)


def image(layer: CaffeLayer, seen: Seen) -> PassedTensor:
    """The first that it reads, where that has height and width. Raises FormatError."""
    if len(seen[0].sizes) != 4:
        raise layer.wrong(f"reads an image, got {'x'.join(map(str, seen[0].sizes[1:]))}")
    return seen[0]


def pair(layer: CaffeLayer, told: Message, name: str, default: int, least: int) -> Pair:
    """`kernel_h` and `kernel_w`, or `kernel_size`, once or for height and width; `pad` alike."""
    short = name.partition("_")[0]
    if f"{short}_h" in told or f"{short}_w" in told:
        return told.whole(f"{short}_h", default, least), told.whole(f"{short}_w", default, least)
    found = told.wholes(name, least) or [default]
    if len(found) > 2:
        raise layer.wrong(f"`{name}` of {len(found)} axes")
    return found[0], found[-1]


def along(layer: CaffeLayer, seen: PassedTensor, told: Message, name: str = "axis") -> int:
    """The axis that is meant; the channels unless it says. Raises FormatError."""
    number = told.whole(name, 1)
    axis = number if number >= 0 else len(seen.sizes) + number
    if not 0 <= axis < len(seen.sizes):
        raise layer.wrong(f"`{name}: {number}` of {len(seen.sizes)} axes")
    return axis
