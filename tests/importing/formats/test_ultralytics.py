"""Ultralytics' YAML: what modules give, against PyTorch, and published numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.analysis.params import count_params
from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.formats.telling import program_of_file
from cnncalc.importing.formats.ultralytics.yaml_network import read_ultralytics
from cnncalc.importing.program import Program
from cnncalc.importing.whole_program import of_program
from tests.importing.formats.running import given, output

SCALES = "scales: {n: [0.33, 0.25, 1024], s: [0.33, 0.50, 1024], m: [0.67, 0.75, 768]}\n"


def read(
    backbone: str,
    head: str = "",
    *inputs: tuple[int, ...],
    file: str = "net.yaml",
    more: str = "",
    **settings: object,
) -> Program:
    """Rows, a line each, without brackets."""
    lists = [
        "\n".join(f"  - [{row}]" for row in rows.strip().splitlines()) or "  []"
        for rows in (backbone, head)
    ]
    text = f"{more}\nbackbone:\n{lists[0]}\nhead:\n{lists[1]}\n"
    return read_ultralytics(text, file, NetworkAsked(inputs, settings))


V8 = """
-1, 1, Conv, [64, 3, 2]
-1, 1, Conv, [128, 3, 2]
-1, 3, C2f, [128, True]
-1, 1, Conv, [256, 3, 2]
-1, 6, C2f, [256, True]
-1, 1, Conv, [512, 3, 2]
-1, 6, C2f, [512, True]
-1, 1, Conv, [1024, 3, 2]
-1, 3, C2f, [1024, True]
-1, 1, SPPF, [1024, 5]
"""
V8_HEAD = """
-1, 1, nn.Upsample, [None, 2, "nearest"]
[-1, 6], 1, Concat, [1]
-1, 3, C2f, [512]
-1, 1, nn.Upsample, [None, 2, "nearest"]
[-1, 4], 1, Concat, [1]
-1, 3, C2f, [256]
-1, 1, Conv, [256, 3, 2]
[-1, 12], 1, Concat, [1]
-1, 3, C2f, [512]
-1, 1, Conv, [512, 3, 2]
[-1, 9], 1, Concat, [1]
-1, 3, C2f, [1024]
[15, 18, 21], 1, Detect, [nc]
"""
PUBLISHED = {"yolov8n": 3_157_200, "yolov8s": 11_166_560, "yolov8m": 25_902_640}
"""What `yolov8.yaml` says of its scales."""


@pytest.mark.parametrize(("name", "params"), PUBLISHED.items())
def test_yolov8_has_its_published_parameters(name: str, params: int) -> None:
    program = read(V8, V8_HEAD, file=f"{name}.yaml", more=f"nc: 80\n{SCALES}")
    assert program.counted.params == params


def test_a_network_becomes_a_spec() -> None:
    imported = of_program(read(V8, V8_HEAD, (3, 64, 64), file="yolov8n.yaml", more=SCALES, nc=3))
    assert {name: head.shape for name, head in imported.graph.heads.items()} == {
        "output": (4, 84),
        "scores": (3, 84),
    }
    assert imported.text.count("c2f:") > 8


def test_classes_and_scale_are_given_beside_the_file() -> None:
    asked = read(V8, V8_HEAD, file="yolov8n.yaml", more=f"nc: 80\n{SCALES}", scale="s", nc=7)
    alone = read(V8, V8_HEAD, more="nc: 7\nscales: {s: [0.33, 0.50, 1024]}")
    assert asked.counted.params == alone.counted.params
    sizes = {out.name: out.sizes for each in asked.operations for out in each.outputs}
    assert sizes[asked.outputs["scores"].name][1:] == (7, 8400)


class Values(dict[str, Tensor]):
    """Tensors of a program that was run, and what PyTorch's functions make with them."""

    def conv(self, name: str, x: Tensor, bend: bool = True, **settings: int) -> Tensor:
        """A convolution, its norm, SiLU."""
        weight = self[f"{name}.conv.weight"]
        settings.setdefault("padding", weight.shape[-1] // 2)
        made = functional.conv2d(x, weight, None, **settings)
        names = ("running_mean", "running_var", "weight", "bias")
        told = [self[f"{name}.bn.{each}"] for each in names]
        made = functional.batch_norm(made, *told, eps=1e-3)
        return functional.silu(made) if bend else made


def run(row: str, shape: Sequence[int]) -> tuple[Values, Tensor, Tensor]:
    """All values of a network of one row, what it reads, what it gives."""
    program = read(row, "", tuple(shape))
    values = Values(given(program))
    (made,) = program.outputs.values()
    return values, values["image"], values[made.name]


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_bottlenecks_add_what_arrives_where_it_fits() -> None:
    values, x, made = run("-1, 2, C2f, [8, True]", (8, 6, 5))
    first = values.conv("model.0.cv1", x)
    kept = [*first.chunk(2, 1)]
    for n in range(2):
        inner = values.conv(f"model.0.m.{n}.cv1", kept[-1])
        kept.append(kept[-1] + values.conv(f"model.0.m.{n}.cv2", inner))
    close(made, values.conv("model.0.cv2", torch.cat(kept, 1)))


def test_queries_are_half_as_wide_as_values() -> None:
    values, x, made = run("-1, 1, PSA, [256]", (256, 3, 5))
    a, b = values.conv("model.0.cv1", x).chunk(2, 1)
    mixed = values.conv("model.0.attn.qkv", b, bend=False).view(2, 2, 128, 15)
    q, k, v = mixed.split([32, 32, 64], 2)
    weights = torch.einsum("bhdq,bhdk->bhqk", q, k).div(32**0.5).softmax(-1)
    found = torch.einsum("bhqk,bhdk->bhdq", weights, v).reshape(2, 128, 3, 5)
    place = values.conv("model.0.attn.pe", v.reshape(2, 128, 3, 5), bend=False, groups=128)
    b = b + values.conv("model.0.attn.proj", found + place, bend=False)
    b = b + values.conv("model.0.ffn.1", values.conv("model.0.ffn.0", b), bend=False)
    close(made, values.conv("model.0.cv2", torch.cat([a, b], 1)))


def test_areas_attend_each_by_itself() -> None:
    values, x, made = run("-1, 1, A2C2f, [128, True, 4, True, 1.5]", (128, 4, 6))
    kept = [values.conv("model.0.cv1", x)]
    at, y = "model.0.m.0", kept[0]
    for n in range(2):
        mixed = values.conv(f"{at}.{n}.attn.qkv", y, bend=False)
        rows = mixed.flatten(2).view(2, 2, 3, 32, 4, 6)
        q, k, v = (rows[:, :, part] for part in range(3))
        weights = torch.einsum("bhdaq,bhdak->bhaqk", q, k).div(32**0.5).softmax(-1)
        found = torch.einsum("bhaqk,bhdak->bhdaq", weights, v).reshape(y.shape)
        place = values.conv(f"{at}.{n}.attn.pe", v.reshape(y.shape), bend=False, groups=64)
        y = y + values.conv(f"{at}.{n}.attn.proj", found + place, bend=False)
        wide = values.conv(f"{at}.{n}.mlp.0", y)
        assert wide.shape[1] == 96
        y = y + values.conv(f"{at}.{n}.mlp.1", wide, bend=False)
    made_again = values.conv("model.0.cv2", torch.cat([*kept, y], 1))
    close(made, x + values["model.0.gamma"].view(-1, 1, 1) * made_again)


def test_a_transformer_is_pytorchs_own() -> None:
    values, x, made = run("-1, 1, C3TR, [32]", (8, 3, 4))
    y = values.conv("model.0.cv1", x)
    pixels = y.flatten(2).permute(2, 0, 1)

    def linear(name: str, seen: Tensor) -> Tensor:
        return functional.linear(seen, values[f"{name}.weight"], values.get(f"{name}.bias"))

    pixels = pixels + linear("model.0.m.linear", pixels)
    at = "model.0.m.tr.0"
    attention = nn.MultiheadAttention(16, 4)
    own = {name: values[f"{at}.ma.{name}"] for name in attention.state_dict()}
    attention.load_state_dict(own)
    attended = attention(*(linear(f"{at}.{name}", pixels) for name in "qkv"))[0]
    pixels = pixels + attended
    pixels = pixels + linear(f"{at}.fc2", linear(f"{at}.fc1", pixels))
    main = pixels.permute(1, 2, 0).reshape(y.shape)
    both = torch.cat([main, values.conv("model.0.cv2", x)], 1)
    close(made, values.conv("model.0.cv3", both))


def test_sides_of_boxes_are_means_of_bins() -> None:
    program = read("-1, 1, Conv, [16, 3, 1]", "0, 1, Detect, [2]", (3, 2, 3), more="reg_max: 4")
    values = Values(given(program))
    x = values.conv("model.0", values["image"])
    for n in range(2):
        x = values.conv(f"model.1.cv2.0.{n}", x)
    last = [values[f"model.1.cv2.0.2.{name}"] for name in ("weight", "bias")]
    weights = functional.conv2d(x, *last).view(2, 4, 4, 6).softmax(2)
    bins = values["model.1.dfl.conv.weight"].view(1, 1, 4, 1)
    close(values[program.outputs["boxes"].name], (weights * bins).sum(2))


def test_of_two_heads_inference_has_the_second() -> None:
    program = read("-1, 1, Conv, [16, 3, 1]", "0, 1, Detect, [2]", (3, 4, 4), more="end2end: True")
    imported = of_program(program)
    used = sum(each.total for each in count_params(imported.graph).values())
    heads = program.counted.params - (16 * 27 + 32)
    assert used == program.counted.params - (heads - 16) // 2
    assert "`model.1.cv2.0.0.conv.weight`" in imported.notes[0]
    assert "one2one" not in imported.notes[0]


SHAPES = {
    "-1, 2, C3, [16]": (16, 8, 8),
    "-1, 1, C3x, [16, False]": (16, 8, 8),
    "-1, 2, C3Ghost, [16]": (16, 8, 8),
    "-1, 1, C1, [16]": (16, 8, 8),
    "-1, 2, C2, [16]": (16, 8, 8),
    "-1, 2, C3k2, [16, True]": (16, 8, 8),
    "-1, 1, C3k2, [128, False, 0.5, True]": (128, 8, 8),
    "-1, 2, C2fCIB, [16, True, True]": (16, 8, 8),
    "-1, 1, C2fPSA, [4]": (8, 8, 8),
    "-1, 1, BottleneckCSP, [16]": (16, 8, 8),
    "-1, 3, RepC3, [16, 0.5]": (16, 8, 8),
    "-1, 1, RepNCSPELAN4, [16, 8, 4, 2]": (16, 8, 8),
    "-1, 1, ELAN1, [16, 8, 4]": (16, 8, 8),
    "-1, 1, SPP, [16, [3, 5]]": (16, 8, 8),
    "-1, 1, SPPF, [8, 3, 2, True]": (8, 8, 8),
    "-1, 1, SPPELAN, [16, 4]": (16, 8, 8),
    "-1, 1, ADown, [16]": (16, 4, 4),
    "-1, 1, AConv, [16]": (16, 4, 4),
    "-1, 1, SCDown, [16, 3, 2]": (16, 4, 4),
    "-1, 1, GhostBottleneck, [16, 3, 2]": (16, 4, 4),
    "-1, 2, GhostConv, [16, 3, 1]": (16, 8, 8),
    "-1, 1, Focus, [16, 3]": (16, 4, 4),
    "-1, 1, DWConv, [16, 3, 2]": (16, 4, 4),
    "-1, 1, ConvTranspose, [16]": (16, 16, 16),
    "-1, 1, nn.ConvTranspose2d, [16, 2, 2]": (16, 16, 16),
    "-1, 1, HGStem, [8, 16]": (16, 2, 2),
    "-1, 2, HGBlock, [4, 8, 3, True, True]": (8, 8, 8),
    "-1, 1, ResNetLayer, [8, 4, 2, False, 2]": (16, 4, 4),
    "-1, 1, ResNetLayer, [8, 4, 1, True, 1]": (4, 2, 2),
    "-1, 1, nn.ZeroPad2d, [[0, 1, 2, 3]]": (8, 13, 9),
    "-1, 1, nn.MaxPool2d, [3, 2, 1]": (8, 4, 4),
    "-1, 1, nn.Upsample, [None, 2, bilinear]": (8, 16, 16),
    "-1, 1, nn.BatchNorm2d, []": (8, 8, 8),
}


@pytest.mark.parametrize(("row", "shape"), SHAPES.items())
def test_modules_run_and_have_these_sizes(row: str, shape: tuple[int, ...]) -> None:
    channels = 128 if shape[0] == 128 else 8
    assert output(read(row, "", (channels, 8, 8))).shape[1:] == shape


HEADS = {
    "Segment, [2, 3, 8]": {"boxes": (4, 20), "masks": (3, 20), "prototypes": (3, 8, 8)},
    "Segment26, [2, 3, 8]": {"boxes": (4, 20), "masks": (3, 20), "prototypes": (3, 8, 8)},
    "Pose, [2, [5, 3]]": {"scores": (2, 20), "points": (15, 20)},
    "Pose26, [2, [5, 3]]": {"scores": (2, 20), "points": (15, 20)},
    "OBB, [2, 1]": {"scores": (2, 20), "angles": (1, 20)},
    "v10Detect, [2]": {"boxes": (4, 20), "scores": (2, 20)},
    "SemanticSegment, [2]": {"scores": (2, 4, 4)},
    "Depth, [8]": {"depth": (1, 8, 8)},
}


@pytest.mark.parametrize(("head", "shapes"), HEADS.items())
def test_heads_say_so_much_of_each_place(head: str, shapes: dict[str, tuple[int, ...]]) -> None:
    rows = "-1, 1, Conv, [16, 3, 1]\n-1, 1, Conv, [16, 3, 2]"
    program = read(rows, f"[0, 1], 1, {head}", (3, 4, 4))
    values = given(program)
    assert {name: values[program.outputs[name].name].shape[1:] for name in shapes} == shapes


def test_images_are_classified() -> None:
    program = read("-1, 1, Conv, [16, 3, 2]", "-1, 1, Classify, [nc]", more="nc: 5")
    assert program.inputs["image"].sizes == (2, 3, 224, 224)
    assert program.counted.params == 16 * 27 + 32 + 1280 * 16 + 2 * 1280 + 1281 * 5


def test_maps_of_a_convolution_are_fused() -> None:
    rows = "-1, 1, Conv, [16, 3, 2]\n-1, 1, CBLinear, [[8, 16]]\n0, 1, CBLinear, [[16]]"
    program = read(f"{rows}\n[1, 2, 0], 1, CBFuse, [[1, 0]]", "", (3, 8, 8))
    assert output(program).shape[1:] == (16, 4, 4)


WRONG = {
    "no head": ("backbone: [[-1, 1, Conv, [8]]]", 1, "there is no `head`"),
    "no rows": ("backbone: []\nhead: []", 1, "there are no rows"),
    "no row": ("backbone: [Conv]\nhead: []", 1, "a row wants `[from, repeats, module"),
    "an early row": ("backbone:\n- [3, 1, Conv, [8]]\nhead: []", 2, "leads to no row"),
    "an argument": ("backbone:\n- [-1, 1, Conv, [eight]]\nhead: []", 2, "argument 1 of `Conv`"),
    "a missing one": ("backbone:\n- [-1, 1, Conv, []]\nhead: []", 2, "got nothing"),
    "too many repeats": ("backbone:\n- [-1, 9999, C2f, [8]]\nhead: []", 2, "1,000 repeats"),
    "an activation": (
        "activation: os.system()\nbackbone: [[-1, 1, Conv, [8]]]\nhead: []",
        1,
        "wants",
    ),
    "a scale": ("scales: {q: [1, 1]}\nbackbone: [[-1, 1, Conv, [8]]]\nhead: []", 1, "scale `q`"),
    "too large a scale": (
        "width_multiple: 1e30\nbackbone: [[-1, 1, Conv, [8]]]\nhead: []",
        0,
        "are not scaled",
    ),
    "groups": ("backbone:\n- [-1, 1, Conv, [8, 1, 1, None, 2]]\nhead: []", 2, "2 groups"),
    "no YAML": ("backbone: [", 2, "not YAML"),
}


@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_has_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_ultralytics(text, "net.yaml", NetworkAsked())
    assert said in caught.value.problem.what
    assert caught.value.problem.line == line


def test_a_module_that_nobody_knows_is_named() -> None:
    program = read("-1, 1, Conv, [8]\n-1, 1, MyBlock, [8]", "-1, 1, Detect, [3]")
    assert program.operations[-1].operator == "ultralytics.MyBlock"
    assert program.operations[-1].site.line == 4


def test_the_file_is_told_from_a_spec(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("backbone:\n- [-1, 1, Conv, [8]]\nhead: []\n")
    assert program_of_file(str(path), NetworkAsked([(3, 4, 4)])).counted.params == 3 * 8 + 16
    path.write_text("input: 3x4x4\nlayers: [relu]\n")
    with pytest.raises(FormatError, match="none of these"):
        program_of_file(str(path), NetworkAsked())
