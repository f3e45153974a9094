"""What a Caffe network reads: the inputs that it declares, and those that layers fetch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.formats.prototxt_text import Message
from cnncalc.importing.program import Sizes


def told_inputs(net: Message) -> dict[str, Sizes]:
    """Those that the network declares, with their sizes, none where it has none. Raises
    FormatError."""
    names = net.words("input")
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        line = net.every("input")[-1].line
        raise FormatError(f"two inputs are called `{shortened(twice)}`", line)
    shapes = [tuple(each.wholes("dim", 1)) for each in net.messages("input_shape")]
    dims = net.wholes("input_dim", 1)
    if dims and not shapes:
        if len(dims) != 4 * len(names):
            raise FormatError(f"{len(names)} inputs have {len(dims)} `input_dim`, not four each")
        shapes = [tuple(dims[4 * n : 4 * n + 4]) for n in range(len(names))]
    shapes += [()] * (len(names) - len(shapes))
    return dict(zip(names, shapes, strict=False))


def fed(layer: Message, tops: Sequence[str]) -> dict[str, Sizes]:
    """What a layer that reads nothing gives: images first; what else it gives is wanted of the
    network, and no input, unless it declares shapes."""
    for name in ("input_param", "dummy_data_param"):
        shapes = [tuple(each.wholes("dim", 1)) for each in layer.message(name).messages("shape")]
        if shapes:
            shapes += [shapes[-1]] * (len(tops) - len(shapes))
            return dict(zip(tops, shapes, strict=False))
    return {top: _image(layer) for top in tops[:1]}


def _image(layer: Message) -> Sizes:
    memory = layer.message("memory_data_param")
    if "channels" in memory:
        return tuple(memory.whole(n, 1, 1) for n in ("batch_size", "channels", "height", "width"))
    change = layer.message("transform_param")
    resized = layer.message("image_data_param").whole("new_height", 0)
    size = change.whole("crop_size", 0) or resized
    gray = change.truth("force_gray", False)
    return (1, 1 if gray else 3, size, size) if size else ()
