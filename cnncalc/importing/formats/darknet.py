"""A darknet `.cfg` as a Program.

Sections are layers, from 0 on; what a section means, and its defaults, is what darknet's `parser.c`
and layers do in inference. A head (`[yolo]`, `[region]`, `[detection]`) decodes what it reads into
boxes and computes nothing of weights: what it reads is an output of the network.
"""

from __future__ import annotations

from pathlib import PurePath

from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.building import UNKNOWN, Building
from cnncalc.importing.formats.cfg_sections import CfgSection, sections
from cnncalc.importing.formats.darknet_layers import LAYERS, Darknet
from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.program import PassedTensor, Program, Sizes

HEADS = ("yolo", "Gaussian_yolo", "region", "detection")
TRAINING = ("cost", "contrastive")
SHORT = {
    "conv": "convolutional",
    "conn": "connected",
    "max": "maxpool",
    "avg": "avgpool",
    "local_avg": "local_avgpool",
    "soft": "softmax",
    "lrn": "normalization",
    "silence": "empty",
}
"""Other names of sections."""


def read_darknet(text: str, file: str, asked: NetworkAsked) -> Program:
    """The network of a `.cfg`. Raises FormatError."""
    asked.without_settings("darknet")
    first, *rest = sections(text) or [CfgSection("", 1, {})]
    if first.kind not in ("net", "network"):
        raise FormatError(
            f"a network begins with `[net]`, not `[{shortened(first.kind)}]`", first.line
        )
    if not rest:
        raise FormatError("there are no layers", first.line)
    building = Building(PurePath(file).stem, file, "darknet")
    shape = asked.inputs[0] if asked.inputs else _shape(first)
    net = Darknet(building, building.input("input", shape))
    outputs: dict[str, PassedTensor] = {}
    for index, section in enumerate(rest):
        kind = SHORT.get(section.kind, section.kind)
        building.enter(f"{kind}_{index}", kind, section.line)
        if kind in HEADS:
            outputs[f"{kind}_{index}"] = net.last
            net.add(net.last)
        else:
            net.add(_given(net, kind, section))
    if not outputs:
        outputs["output"] = net.last
    return building.program(outputs)


def _shape(section: CfgSection) -> Sizes:
    """Channels, height, width; or as many numbers as `inputs` says."""
    names = ("channels", "height", "width")
    sizes = tuple(section.whole(name, 0, 0) for name in names)
    if all(sizes):
        return sizes
    if section.whole("inputs", 0, 0):
        return (section.whole("inputs", 0),)
    missing = ", ".join(f"`{n}`" for n, size in zip(names, sizes, strict=True) if not size)
    raise FormatError(f"`[{section.kind}]` lacks {missing}", section.line, "--input 3x416x416")


def _given(net: Darknet, kind: str, section: CfgSection) -> PassedTensor:
    """What the layer gives."""
    if kind in TRAINING:
        return net.last
    function = LAYERS.get(kind)
    if function is None:
        return net.building.unsayable(kind, [net.last])
    if net.last.sizes == UNKNOWN and kind != "route":
        return net.last
    return function(net, section)
