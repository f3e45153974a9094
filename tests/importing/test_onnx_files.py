"""ONNX files from strangers: what is no sound file is a message with a way out, nothing is run, and
all that cannot be said is listed with its node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnx")

import numpy
import onnx
from onnx import numpy_helper

from cnncalc.importing.drafting import drafted
from cnncalc.importing.whole_program import of_program
from cnncalc.runtime.importing.onnx.from_onnx import program_of_onnx
from cnncalc.runtime.reading import ReadError
from tests.importing.small_onnx import MAP, STEPS, onnx_model, saved

CONV: tuple[Any, ...] = ("y = Conv(x, w)", MAP, {"w": (32, 4, 3, 3)})


def message(file: str, *shapes: tuple[int, ...]) -> str:
    with pytest.raises(ReadError) as caught:
        program_of_onnx(file, shapes)
    return str(caught.value)


def blockers(model: onnx.ModelProto, folder: Path) -> list[tuple[str, str, str]]:
    sketch = drafted(program_of_onnx(saved(model, folder)))
    return [(each.operator, each.what, str(each.site)) for each in sketch.blockers]


def test_what_is_no_file_of_onnx(tmp_path: Path) -> None:
    file = tmp_path / "a.onnx"
    for content in (b"", b"hello", b"\x80\x04\x95" * 9, b"PK\x03\x04" + b"\0" * 99):
        file.write_bytes(content)
        assert message(str(file)).startswith("is no ")
    assert message(str(tmp_path)) == "is a folder, where a file is wanted"
    assert "no such file" in message(str(tmp_path / "none.onnx"))


def test_a_file_that_is_cut_at_any_place(tmp_path: Path) -> None:
    whole = onnx_model(*CONV).SerializeToString()
    file = tmp_path / "cut.onnx"
    for length in range(0, len(whole), 97):
        file.write_bytes(whole[:length])
        assert message(str(file)), length


def test_a_file_with_bytes_changed_gives_a_program_or_a_message(tmp_path: Path) -> None:
    whole = bytearray(onnx_model(*CONV).SerializeToString())
    draw = numpy.random.default_rng(3)
    file, longest = tmp_path / "changed.onnx", 0
    for _ in range(300):
        changed = bytearray(whole)
        for place in draw.integers(0, 300, 3):
            changed[place] = int(draw.integers(0, 256))
        file.write_bytes(changed)
        try:
            drafted(program_of_onnx(str(file), [(4, 9, 7)]))
        except ReadError as error:
            longest = max(longest, len(str(error)))
    assert longest < 600


def test_a_tensor_that_has_other_numbers_than_it_says(tmp_path: Path) -> None:
    model = onnx_model(*CONV)
    model.graph.initializer[0].raw_data += b"\0" * 4
    said = message(saved(model, tmp_path))
    assert said == f"has {32 * 4 * 9 * 4 + 4:,} bytes of `w`, which takes {32 * 4 * 9 * 4:,}"
    model.graph.initializer[0].dims[0] = -32
    assert message(saved(model, tmp_path)) == "has a tensor `w` of a negative size"
    model.graph.initializer[0].dims[0] = 2**40
    assert "which takes" in message(saved(model, tmp_path))


def beside(location: str) -> onnx.ModelProto:
    """A model whose weight stands in another file."""
    model = onnx_model(*CONV)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return model


def test_numbers_in_a_file_beside_it(tmp_path: Path) -> None:
    array = numpy.random.default_rng(0).random((32, 4, 3, 3)).astype(numpy.float32)
    (tmp_path / "w.bin").write_bytes(array.tobytes())
    stored = program_of_onnx(saved(beside("w.bin"), tmp_path)).stored["w"]
    assert stored.values is not None
    assert (stored.values() == array).all()
    (tmp_path / "w.bin").write_bytes(array.tobytes()[:-1])
    said = message(saved(beside("w.bin"), tmp_path))
    assert said == "has the numbers of `w` beyond the end of `w.bin`"


@pytest.mark.parametrize("location", ["../w.bin", "/etc/passwd", "", "a/../../w.bin"])
def test_numbers_outside_its_folder(location: str, tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 99999)
    folder = tmp_path / "inside"
    folder.mkdir()
    assert "outside its own folder" in message(saved(beside(location), folder))


def test_numbers_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 99999)
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "w.bin").symlink_to(tmp_path / "w.bin")
    assert "outside its own folder" in message(saved(beside("w.bin"), folder))


def test_an_output_that_is_not_as_it_says(tmp_path: Path) -> None:
    model = onnx_model("y = Conv(x, w)", MAP, {"w": (6, 4, 3, 3)}, "float[N,6,9,7] y")
    assert program_of_onnx(saved(model, tmp_path)).notes == (
        "the file says that its output `y` is Nx6x9x7, and its operations give 2x6x7x5",
    )


def test_a_node_that_reads_what_does_not_fit(tmp_path: Path) -> None:
    model = onnx_model("y = Conv(x, w)", MAP, {"w": (6, 5, 3)})
    model.graph.node[0].name = "/layer1/Conv"
    assert message(saved(model, tmp_path)).startswith(
        "has a node `/layer1/Conv` (Conv) that does not fit: "
    )


@pytest.mark.parametrize(
    ("dims", "shapes", "sizes"),
    [
        ("N,3,8,8", [], (2, 3, 8, 8)),
        ("1,3,8,8", [], (1, 3, 8, 8)),
        ("N,3,h,w", [(3, 5, 6)], (2, 3, 5, 6)),
        ("N,3,h,w", [(4, 3, 5, 6)], (4, 3, 5, 6)),
        ("?,3,?,?", [(3, 5, 6)], (2, 3, 5, 6)),
        ("N,3,N,8", [], (2, 3, 2, 8)),
    ],
)
def test_the_sizes_of_inputs(dims: str, shapes: Any, sizes: Any, tmp_path: Path) -> None:
    file = saved(onnx_model("y = Relu(x)", f"float[{dims}] x"), tmp_path)
    program = program_of_onnx(file, shapes)
    assert program.inputs["x"].sizes == sizes
    assert program.batch == sizes[0]
    assert program.batched == {"x"}


@pytest.mark.parametrize(
    ("dims", "shapes", "said"),
    [
        (
            "N,3,h,w",
            [],
            "leaves sizes of its input `x` open, 3xhxw behind the batch:"
            " give all of them, --input 3x224x224",
        ),
        (
            "?,3,?,8",
            [],
            "leaves sizes of its input `x` open, 3x?x8 behind the batch:"
            " give all of them, --input 3x224x8",
        ),
        ("N,3,8,8", [(1, 8, 8)], "has an input `x` of Nx3x8x8, --input says 1x8x8"),
        ("N,3,8,8", [(8, 8)], "has an input `x` of Nx3x8x8, --input says 8x8"),
        ("N,3,8,8", [(3, 8, 8)] * 2, "has 1 inputs, `x`: give an --input for each"),
    ],
)
def test_sizes_that_cannot_be(dims: str, shapes: Any, said: str, tmp_path: Path) -> None:
    assert message(saved(onnx_model("y = Relu(x)", f"float[{dims}] x"), tmp_path), *shapes) == said


def test_a_batch_that_is_written_into_the_file(tmp_path: Path) -> None:
    file = saved(onnx_model("y = Reshape(x, to)", MAP, {"to": [1, -1, 7]}), tmp_path)
    assert program_of_onnx(file).outputs["y"].name == "y"
    fixed = onnx_model("y = Reshape(x, to)", MAP, {"to": [1, 4 * 9 * 7]}, "float[1,252] y")
    assert program_of_onnx(saved(fixed, tmp_path)).batch == 1


def test_all_that_cannot_be_said_is_listed(tmp_path: Path) -> None:
    model = onnx_model(
        "a = other.Strange(x) b = Relu(a) c = Det(b) d = LRN<size=4>(x)"
        " y = QuantizeLinear(d, s, z)",
        MAP,
        {"s": [0.5]},
    )
    model.graph.initializer.append(numpy_helper.from_array(numpy.uint8(3), "z"))
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info("c"))
    model.graph.output[-1].type.CopyFrom(model.graph.output[0].type)
    model.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8
    for number, node in enumerate(model.graph.node):
        node.name = f"node {number}"
    assert blockers(model, tmp_path) == [
        ("other.Strange", "no layer does what `other.Strange` does", "node 0, Strange"),
        ("onnx.Det", "no layer does what `onnx.Det` does", "node 2, Det"),
        ("onnx.LRN", "4 neighbours, which no layer has on the same sides", "node 3, LRN"),
        (
            "onnx.QuantizeLinear",
            "no layer does what `onnx.QuantizeLinear` does",
            "node 4, QuantizeLinear",
        ),
    ]


def test_a_branch_that_depends_on_data(tmp_path: Path) -> None:
    model = onnx_model(
        "n = Size(x) s = ReduceSum(x) zero = Constant<value_float=0.0>() c = Greater(s, zero)"
        " y = If (c) < then_branch = a () => (float[] p) { p = Relu(x) },"
        " else_branch = b () => (float[] q) { q = Tanh(x) } >",
        MAP,
    )
    model.graph.node[-1].name = "choice"
    (found,) = [each for each in blockers(model, tmp_path) if each[0] == "onnx.If"]
    assert found[2] == "choice, If"


def test_functions_that_call_functions_are_counted_before_they_are_read(tmp_path: Path) -> None:
    text = '<ir_version: 8, opset_import: ["" : 18, "d" : 1]> g (float[N] x) => (float[N] y)'
    text += " { y = d.f0(x) }"
    for level in range(40):
        inside = f"d.f{level + 1}" if level < 39 else "Relu"
        text += (
            f'<domain: "d", opset_import: ["" : 18, "d" : 1]> f{level} (x) => (y)'
            f" {{ a = {inside}(x) y = {inside}(a) }}"
        )
    said = message(saved(onnx.parser.parse_model(text), tmp_path))
    assert said == f"has {2**40:,} nodes, 200,000 are read at most"


def test_constants_as_large_as_a_file_likes_are_not_made(tmp_path: Path) -> None:
    model = onnx_model(
        "a = ConstantOfShape(to) b = Expand(a, to) c = Tile(one, to) y = Add(x, x)",
        "float[N,4] x",
        {"to": [2**20, 2**20], "one": [[1]]},
    )
    for name in "abc":
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
        model.graph.output[-1].type.tensor_type.elem_type = 1
    model.graph.output[-1].type.tensor_type.elem_type = onnx.TensorProto.INT64
    assert program_of_onnx(saved(model, tmp_path)).operations


def test_modules_by_the_names_of_nodes(tmp_path: Path) -> None:
    model = onnx_model("a = Conv(x, w) y = Relu(a)", MAP, {"w": (4, 4, 3, 3)})
    model.graph.node[0].name = "/layer1/layer1.0/conv1/Conv"
    model.graph.node[1].name = "/layer1/layer1.0/relu/Relu"
    program = program_of_onnx(saved(model, tmp_path))
    assert [each.site.module for each in program.operations] == ["layer1.0.conv1", "layer1.0.relu"]
    assert list(program.modules) == ["", "layer1", "layer1.0", "layer1.0.conv1", "layer1.0.relu"]


def test_its_own_numbers(tmp_path: Path) -> None:
    model = onnx_model(
        "a = Conv<strides=[2,2]>(x, w, b) c = BatchNormalization(a, s, s2, m, v)"
        " f = Flatten(c) y = Gemm<transB=1>(f, k)",
        MAP,
        {"w": (6, 4, 3, 3), "b": (6,), **dict.fromkeys(("s", "s2", "m", "v"), (6,)), "k": (5, 72)},
    )
    counted = program_of_onnx(saved(model, tmp_path)).counted
    assert counted.params == 6 * 4 * 9 + 6 + 6 + 6 + 5 * 72
    assert counted.macs == 6 * 4 * 3 * 4 * 3 * 3 + 5 * 72


def test_vectors_that_are_written_once_are_each_layers_own(tmp_path: Path) -> None:
    nodes = "a = Conv(x, w, b) c = Conv(a, v, b) d = Conv(c, v, b) y = Relu(d)"
    weights = {"w": (4, 4, 1, 1), "v": (4, 4, 1, 1), "b": (4,)}
    program = program_of_onnx(saved(onnx_model(nodes, MAP, weights), tmp_path))
    biases = [each.arguments["bias"] for each in program.operations[:3]]
    assert [str(getattr(each, "name", "")) for each in biases] == ["b", "b~own1", "b~own1"]
    assert program.counted.params == 2 * 16 + 2 * 4
    (note,) = program.notes
    assert note.startswith("4 params in 1 vectors stand in the file once for several layers")


def test_inputs_that_are_always_the_same(tmp_path: Path) -> None:
    model = onnx_model(
        "fast = Greater(rate, limit) a = If (fast) <"
        " then_branch = a () => (float[] p) { p = Relu(x) },"
        " else_branch = b () => (float[] q) { q = Tanh(x) } > y = Add(a, state)",
        f"{MAP}, int64 rate, float[N,4,9,7] state",
    )
    model.graph.initializer.append(numpy_helper.from_array(numpy.int64(9), "limit"))
    file = saved(model, tmp_path)
    assert "onnx.If" in {each.operator for each in program_of_onnx(file).operations}
    program = program_of_onnx(file, values={"rate": 16, "state": 0})
    assert [each.operator for each in program.operations] == ["relu", "add"]
    assert list(program.inputs) == ["x"]
    for values, said in (
        ({"none": 1}, "has no input `none`: its inputs are `x`, `rate`, `state`"),
        ({"rate": "quick"}, "has an input `rate` of numbers, `--with` says 'quick'"),
        ({"rate": [1, 2]}, "has an input `rate` of one number, `--with` says [1, 2]"),
        ({"state": [1]}, "has an input `state` of Nx4x9x7, `--with` says [1]"),
    ):
        with pytest.raises(ReadError) as caught:
            program_of_onnx(file, values=values)
        assert str(caught.value) == said


def test_places_written_out_as_ones_are_a_table(tmp_path: Path) -> None:
    model = onnx_model(
        "a = Unsqueeze(x, last) b = Equal(a, places) c = Cast<to=1>(b) d = MatMul(c, w)"
        " y = Add(d, bias)",
        "int64[N,5] x",
        {"last": [2], "places": [[list(range(7))]], "w": (7, 3), "bias": (3,)},
    )
    program = program_of_onnx(saved(model, tmp_path))
    (table,) = program.operations
    assert table.operator == "embedding"
    (weight,) = program.stored.values()
    given = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    assert weight.values is not None
    assert numpy.allclose(weight.values(), given["w"] + given["bias"])


def test_one_number_that_is_added_is_no_weight(tmp_path: Path) -> None:
    model = onnx_model("a = Add(x, b) y = Relu(a)", MAP, {"b": (1,)})
    program = program_of_onnx(saved(model, tmp_path))
    assert program.counted.params == 0
    assert program.notes == ("1 numbers that are added are fixed in the spec: `b`",)


def test_constants_that_layers_train_are_told(tmp_path: Path) -> None:
    model = onnx_model(
        "m = ReduceMean<keepdims=1>(x, last) c = Sub(x, m) v = Mul(c, c)"
        " e = ReduceMean<keepdims=1>(v, last) f = Add(e, tiny) s = Sqrt(f) n = Div(c, s)"
        " w = Constant<value_floats=[1.5, 2.5, 3.5, 4.5, 5.5, 6.5]>()"
        " b = Constant<value_floats=[9.5, 8.5, 7.5, 6.5, 5.5, 4.5]>() z = Mul(n, w) y = Add(z, b)",
        STEPS,
        {"last": [-1], "tiny": 1e-5},
    )
    found = of_program(program_of_onnx(saved(model, tmp_path)))
    (note,) = found.notes
    assert note == "12 numbers that the model holds fixed are weights of layers: `w`, `b`"


def test_what_reads_what_is_lost_is_not_told_again(tmp_path: Path) -> None:
    model = onnx_model(
        "a = other.Strange(x) s = Shape(a) y = Reshape(x, s)",
        MAP,
    )
    assert [each[0] for each in blockers(model, tmp_path)] == ["other.Strange"]


def test_names_are_text(tmp_path: Path) -> None:
    file = saved(onnx_model(*CONV), tmp_path)
    Path(file).write_bytes(Path(file).read_bytes().replace(b"Conv", b"\xff\xfenv"))
    assert message(file) == "is no sound ONNX model: it has a name that is no text in UTF-8"
