"""Caffe's `.prototxt`: what layers give, against PyTorch and against Caffe's own formulas."""

from __future__ import annotations

from math import ceil, floor, prod

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cnncalc.importing.checked import ImportingError
from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.caffe import read_caffe
from cnncalc.importing.formats.caffe_inputs import told_inputs
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.formats.prototxt_text import read_message
from cnncalc.importing.program import Program
from cnncalc.importing.whole_program import of_program
from cnncalc.runtime.lower import lower
from tests.importing.formats.running import given, output
from tests.together import in_groups, slices

DATA = 'input: "data" input_shape { dim: 1 dim: 4 dim: 9 dim: 9 }\n'


def layer(kind: str, fields: str = "", bottom: str = "data", top: str = "top") -> str:
    bottoms = " ".join(f'bottom: "{each}"' for each in bottom.split())
    tops = " ".join(f'top: "{each}"' for each in top.split())
    return f'layer {{ name: "{top}_{kind}" type: "{kind}" {bottoms} {tops} {fields} }}\n'


def read(text: str, *inputs: tuple[int, ...]) -> Program:
    return read_caffe(text, "net.prototxt", NetworkAsked(inputs))


CONV = "convolution_param { num_output: 8 kernel_size: 3 pad: 1 bias_term: false }"
SCALE = "scale_param { bias_term: true }"


def test_a_norm_and_its_scale_are_one() -> None:
    body = layer("Convolution", CONV) + layer("BatchNorm", "", "top") + layer("Scale", SCALE, "top")
    program = read(DATA + body)
    assert [each.operator for each in program.operations] == ["conv2d", "batch_norm"]
    assert program.counted.params == 8 * 4 * 9 + 2 * 8
    assert sum(prod(each.sizes) for each in program.stored.values()) == 8 * 36 + 4 * 8 + 1
    given(program)
    assert "batch_norm" in of_program(program).text


def test_a_norm_that_others_read_stays_apart() -> None:
    body = layer("BatchNorm", "", "data", "normed") + layer("Scale", SCALE, "normed", "scaled")
    program = read(DATA + body + layer("Eltwise", "", "normed scaled"))
    operators = [each.operator for each in program.operations]
    assert operators == ["batch_norm", "reshape", "conv2d", "add"]
    given(program)


@pytest.mark.parametrize("bias", ["true", "false"])
def test_a_scale_alone(bias: str) -> None:
    program = read(DATA + layer("Scale", f"scale_param {{ bias_term: {bias} }}"))
    image = torch.randn(2, 4, 9, 9)
    values = given(program, data=image)
    wanted = image * values["top_Scale.scale"].reshape(4, 1, 1)
    if bias == "true":
        wanted = wanted + values["top_Scale.shift"].reshape(4, 1, 1)
    assert torch.allclose(values[program.outputs["top"].name], wanted)
    assert of_program(program).graph.heads


POOLS = [(k, s, p) for k in (1, 2, 3) for s in (1, 2, 3) for p in (0, 1) if p < k and s <= k + p]


@in_groups(slices(POOLS, 8))
def test_windows_are_rounded_up(case: tuple[int, int, int]) -> None:
    kernel, stride, pad = case
    for size in range(3, 10):
        shape = f'input: "data" input_dim: 1 input_dim: 1 input_dim: {size} input_dim: {size}\n'
        told = f"kernel_size: {kernel} stride: {stride} pad: {pad}"
        count = ceil((size + 2 * pad - kernel) / stride) + 1
        if pad and (count - 1) * stride >= size + pad:
            count -= 1
        for sort in ("MAX", "AVE"):
            program = read(shape + layer("Pooling", f"pooling_param {{ pool: {sort} {told} }}"))
            assert program.operations[0].outputs[0].sizes == (2, 1, count, count)
            image = torch.rand(2, 1, size, size)
            wanted = torch.empty(2, 1, count, count)
            for row in range(count):
                for column in range(count):
                    up, left = row * stride - pad, column * stride - pad
                    down, right = min(up + kernel, size + pad), min(left + kernel, size + pad)
                    part = image[
                        :, 0, max(up, 0) : min(down, size), max(left, 0) : min(right, size)
                    ]
                    values = part.flatten(1)
                    mean = values.sum(1) / ((down - up) * (right - left))
                    wanted[:, 0, row, column] = values.amax(1) if sort == "MAX" else mean
            assert torch.allclose(output(program, data=image), wanted)


LAYERS = {
    "Convolution": (
        "convolution_param { num_output: 6 kernel_h: 3 kernel_w: 1 group: 2 }",
        (6, 7, 9),
    ),
    "Deconvolution": (
        "convolution_param { num_output: 4 kernel_size: 4 stride: 2 pad: 1 group: 4 }",
        (4, 18, 18),
    ),
    "ConvolutionDepthwise": ("convolution_param { num_output: 4 kernel_size: 3 }", (4, 7, 7)),
    "InnerProduct": ("inner_product_param { num_output: 10 }", (10,)),
    "Pooling": ("pooling_param { pool: AVE global_pooling: true }", (4, 1, 1)),
    "LRN": ("lrn_param { local_size: 3 alpha: 5e-05 beta: 0.75 }", (4, 9, 9)),
    "Interp": ("interp_param { height: 12 width: 5 }", (4, 12, 5)),
    "Reshape": ("reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 0 } }", (2, 18, 9)),
    "Flatten": ("", (4 * 9 * 9,)),
    "Permute": ("permute_param { order: 0 order: 2 order: 3 order: 1 }", (9, 9, 4)),
    "Softmax": ("", (4, 9, 9)),
    "Dropout": ("dropout_param { dropout_ratio: 0.3 }", (4, 9, 9)),
    "ReLU": ("relu_param { negative_slope: 0.1 }", (4, 9, 9)),
    "PReLU": ("", (4, 9, 9)),
    "ELU": ("", (4, 9, 9)),
    "Power": ("power_param { power: 2 scale: 0.5 shift: 1 }", (4, 9, 9)),
    "BNLL": ("", (4, 9, 9)),
    "TanH": ("", (4, 9, 9)),
    "ShuffleChannel": ("shuffle_channel_param { group: 2 }", (4, 9, 9)),
    "Normalize": ("norm_param { across_spatial: false channel_shared: false }", (4, 9, 9)),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_layers_of_one_input(kind: str) -> None:
    fields, shape = LAYERS[kind]
    program = read(DATA + layer(kind, fields))
    assert given(program)[program.outputs["top"].name].shape == (2, *shape)
    assert of_program(read(DATA + layer(kind, fields) + layer("ReLU", "", "top"))).graph.heads


def test_layers_of_several() -> None:
    body = (
        layer("Slice", "slice_param { slice_point: 1 slice_point: 2 }", "data", "a b c")
        + layer("Eltwise", "eltwise_param { coeff: 1 coeff: -1 }", "a b", "d")
        + layer("Eltwise", "eltwise_param { operation: MAX }", "a b", "e")
        + layer("Concat", "", "c d e", "f")
        + layer("Pooling", "pooling_param { global_pooling: true pool: AVE }", "f", "g")
        + layer("Flatten", "", "g", "flat")
        + layer("Scale", "scale_param { axis: 0 }", "f flat", "h")
        + layer("Axpy", "", "g f h", "i")
        + layer("Convolution", "convolution_param { num_output: 4 kernel_size: 3 }", "i", "j")
        + layer("Crop", "crop_param { axis: 2 offset: 1 }", "i j", "k")
    )
    program = read(DATA + body)
    assert given(program)[program.outputs["k"].name].shape == (2, 4, 7, 7)
    assert of_program(program).graph.heads


TRAINED = """
layers { name: "d" type: DATA top: "data" top: "label" include { phase: TEST }
         transform_param { crop_size: 9 } }
layers { name: "d" type: DATA top: "data" top: "label" include { phase: TRAIN }
         transform_param { crop_size: 7 } }
layers { name: "fc" type: INNER_PRODUCT bottom: "data" top: "fc"
         inner_product_param { num_output: 5 } }
layers { name: "drop" type: DROPOUT bottom: "fc" top: "fc" exclude { phase: TEST } }
layers { name: "acc" type: ACCURACY bottom: "fc" bottom: "label" top: "acc" }
layers { name: "loss" type: SOFTMAX_LOSS bottom: "fc" bottom: "label" top: "loss" }
"""


def test_the_network_for_testing() -> None:
    program = read(TRAINED)
    assert program.inputs["data"].sizes == (2, 3, 9, 9)
    assert list(program.outputs) == ["fc"]
    assert program.counted.params == 5 * 3 * 9 * 9 + 5
    assert len(program.operations) == 2


def test_weights_are_shared_by_name() -> None:
    named = 'param { name: "w" } param { name: "b" } ' + CONV.replace("bias_term: false", "")
    body = layer("Convolution", named.replace("num_output: 8", "num_output: 4"))
    again = layer("Convolution", named.replace("num_output: 8", "num_output: 4"), "top", "out")
    program = read(DATA + body + again)
    assert program.counted.params == 4 * 4 * 9 + 4
    assert of_program(program).graph.heads


ROIS = 'input: "rois" input_shape { dim: 3 dim: 5 }\n'
ROI_POOL = layer(
    "ROIPooling",
    "roi_pooling_param { pooled_h: 2 pooled_w: 3 spatial_scale: 0.5 }",
    "data rois",
    "cut",
)
PROPOSE = "python_param { module: 'rpn.proposal_layer' layer: 'ProposalLayer' }"


def pooled(image: Tensor, box: Tensor, size: tuple[int, int], scale: float) -> Tensor:
    """The largest values of cells of one box, as `ROIPoolForward` finds them."""
    left, top, right, bottom = (floor(float(side) * scale + 0.5) for side in box)
    high, wide = max(bottom - top + 1, 1) / size[0], max(right - left + 1, 1) / size[1]
    found = torch.zeros(len(image), *size)
    for row in range(size[0]):
        for column in range(size[1]):
            rows = [min(max(n + top, 0), 9) for n in (floor(row * high), ceil((row + 1) * high))]
            columns = (floor(column * wide), ceil((column + 1) * wide))
            columns = [min(max(n + left, 0), 9) for n in columns]
            cell = image[:, slice(*rows), slice(*columns)]
            if cell.numel():
                found[:, row, column] = cell.amax((1, 2))
    return found


def test_regions_are_pooled_and_read_each_by_itself() -> None:
    rows = layer("InnerProduct", "inner_product_param { num_output: 5 }", "cut", "score")
    found = of_program(read(DATA + ROIS + ROI_POOL + rows))
    assert {name: node.shape for name, node in found.graph.heads.items()} == {"output": (5, 3)}
    network = lower(found.graph)
    weight, bias = torch.randn(5, 4 * 2 * 3), torch.randn(5)
    (fc,) = (each for each in network.modules() if hasattr(each, "weight"))
    image = torch.randn(2, 4, 9, 9)
    boxes = torch.tensor([[0.0, 2, 9, 11], [4, 4, 5, 5], [7, 1, 16, 16]])
    with torch.no_grad():
        fc.weight.copy_(weight.view_as(fc.weight))
        fc.bias.copy_(bias)
        made = network(image, boxes.T.expand(2, 4, 3))
    for sample in range(2):
        cut = torch.stack([pooled(image[sample], box, (2, 3), 0.5).flatten() for box in boxes])
        wanted = functional.linear(cut, weight, bias).T
        assert torch.allclose(made[sample], wanted, atol=1e-5)


def test_boxes_are_an_input_and_what_proposes_them_is_given() -> None:
    text = DATA + 'input: "im_info" input_shape { dim: 1 dim: 3 }\n'
    text += layer("Convolution", CONV, "data", "deltas")
    text += layer("Python", PROPOSE, "deltas im_info", "rois")
    text += ROI_POOL + layer("Pooling", "pooling_param { pool: AVE global_pooling: true }", "cut")
    program = read(text)
    assert {name: each.sizes[1:] for name, each in program.inputs.items()} == {
        "data": (4, 9, 9),
        "rois": (4, 300),
    }
    heads = of_program(program).graph.heads
    assert {name: node.shape for name, node in heads.items()} == {
        "output": (8, 9, 9),
        "top": (4, 300, 1, 1),
    }


def test_boxes_of_several_maps_are_one_input() -> None:
    info = 'input: "im_info" input_shape { dim: 1 dim: 3 }\n'
    text = DATA + info + layer("Convolution", CONV, "data", "deltas")
    text += "".join(layer("Python", PROPOSE, "deltas im_info", top) for top in ("one", "two"))
    text += layer("Concat", "concat_param { axis: 0 }", "one two", "rois")
    program = read(text + ROI_POOL + layer("BatchNorm", "", "cut"))
    assert program.inputs["rois"].sizes == (2, 4, 600)
    heads = of_program(program).graph.heads
    assert heads["top"].shape == (4, 600, 2, 3)
    assert heads["top"].kind == "batch_norm"


PLACES = "psroi_pooling_param { output_dim: 1 group_size: 2 spatial_scale: 0.5 }"
BY_PLACE = layer("PSROIPooling", PLACES, "data rois", "cut")


def means(image: Tensor, box: Tensor, side: int, scale: float) -> Tensor:
    """The means of cells of one box, as `PSROIPoolingForward` finds them."""
    left, top = (floor(float(each) + 0.5) * scale for each in box[:2])
    right, bottom = (floor(float(each) + 1.5) * scale for each in box[2:])
    high, wide = max(bottom - top, 0.1) / side, max(right - left, 0.1) / side
    found = torch.zeros(len(image) // side**2, side, side)
    for channel, row, column in np.ndindex(*found.shape):
        ends = (floor(row * high + top), ceil((row + 1) * high + top))
        rows = [min(max(n, 0), 9) for n in ends]
        ends = (floor(column * wide + left), ceil((column + 1) * wide + left))
        columns = [min(max(n, 0), 9) for n in ends]
        of = (channel * side + row) * side + column
        cell = image[of, slice(*rows), slice(*columns)]
        found[channel, row, column] = cell.mean() if cell.numel() else 0
    return found


def test_cells_of_regions_have_channels_of_their_own() -> None:
    found = of_program(read(DATA + ROIS + BY_PLACE))
    assert {name: node.shape for name, node in found.graph.heads.items()} == {
        "output": (1, 3, 2, 2)
    }
    image = torch.randn(2, 4, 9, 9)
    boxes = torch.tensor([[0.0, 2, 9, 11], [4, 4, 5, 5], [7, 1, 16, 16]])
    made = lower(found.graph)(image, boxes.T.expand(2, 4, 3))
    for sample, number in np.ndindex(2, 3):
        wanted = means(image[sample], boxes[number], 2, 0.5)
        assert torch.allclose(made[sample, :, number], wanted, atol=1e-6)


def test_detectors_say_what_they_lack() -> None:
    computed = layer("Flatten", "flatten_param { axis: 1 }", "data", "flat")
    computed += layer("InnerProduct", "inner_product_param { num_output: 5 }", "flat", "rois")
    with pytest.raises(ImportingError) as caught:
        of_program(read(DATA + computed + BY_PLACE))
    (blocker,) = caught.value.blockers
    assert blocker.operator == "caffe.PSROIPooling of boxes that a layer computes"
    assert (blocker.site.file, blocker.site.line) == ("net.prototxt", 4)


@pytest.mark.parametrize(
    ("blob", "called"),
    [
        ("conv5_5/sep", "conv5_5_sep"),
        ("x.1", "x_1"),
        ("1", "input_1"),
        ("input", "input_1"),
        ("lambda", "input_lambda"),
        ("in_data", "input_in_data"),
        ("/rois", "rois_2"),
        ("--", "input_1"),
        ("conv", "conv"),
        ("output", "output"),
    ],
)
def test_inputs_whose_names_no_field_has(blob: str, called: str) -> None:
    """Fields tell names from formulas."""
    text = DATA.replace("data", blob) + ROIS + ROI_POOL.replace('"data"', f'"{blob}"')
    found = of_program(read(text))
    assert {*found.graph.inputs} == {called, "rois"}
    assert f"map: {called}" in found.text


def test_an_unknown_layer_is_said_once() -> None:
    program = read(DATA + layer("Weird", "", "data", "a") + layer("ReLU", "", "a", "b"))
    assert [each.operator for each in program.operations] == ["caffe.Weird"]
    assert not program.outputs


WRONG = {
    "no layers": ('name: "x"', 1, "there are no layers"),
    "no blob": (DATA + layer("ReLU", "", "x"), 2, "no layer before it gives `x`"),
    "no size": ('input: "data"\n' + layer("ReLU"), 0, "nothing says how large `data` is"),
    "no filters": (DATA + layer("Convolution"), 2, "`num_output` and `kernel_size` are wanted"),
    "groups": (DATA + layer("Convolution", CONV.replace("pad", "group: 3 pad")), 2, "no 3 groups"),
    "a large window": (DATA + layer("Convolution", CONV.replace("3", "30")), 2, "would give"),
    "cells": (
        DATA + ROIS + BY_PLACE.replace("group_size: 2", "group_size: 3"),
        3,
        "1 channels for each of 3x3 cells are not the 4 that arrive",
    ),
    "coefficients": (
        DATA + layer("Eltwise", "eltwise_param { coeff: 1 }", "data data"),
        2,
        "coeff",
    ),
    "an axis": (DATA + layer("Concat", "concat_param { axis: 7 }", "data data"), 2, "of 4 axes"),
    "parts": (DATA + layer("Slice", "", "data", "a b c"), 2, "not cut into 3 parts"),
    "a shape": (
        DATA + layer("Reshape", "reshape_param { shape { dim: 0 dim: 5 } }"),
        2,
        "do not fill",
    ),
    "too few blobs": (DATA + layer("ReLU", "", "data", "a b"), 2, "gives 1 blobs, 2 are named"),
    "two inputs": (DATA * 2 + layer("ReLU"), 2, "two inputs are called `data`"),
}


@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_has_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text)
    assert said in caught.value.problem.what
    assert caught.value.problem.line == line


def test_many_inputs_are_counted_once() -> None:
    names = [f"in{n}" for n in range(50_000)]
    net = read_message("".join(f'input: "{name}"\n' for name in names))
    assert list(told_inputs(net)) == names
