"""Exported with trained weights: held against what the checkpoint holds, elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

pytest.importorskip("torch")
pytest.importorskip("pytorch_lightning")

import torch
from torch import Tensor

import cnncalc
from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from cnncalc.runtime.weights.to_safetensors import to_safetensors
from cnncalc.runtime.weights.weight_files import tensors_in
from tests.inside import inside
from tests.train.small import run

pytestmark = pytest.mark.torch

SPEC = """
name: small
input: 3x8x8
layers:
  - {conv: {filters: 4, kernel: 3, padding: half}}
  - batch_norm
  - relu
  - flatten
  - linear: 2
train: {epochs: 1, batch: 10}
"""

ELSEWHERE = """
import sys
sys.modules["cnncalc"] = None               # as if it were not installed
import json, runpy, struct
import numpy, torch
found = runpy.run_path("net.py").values()
classes = [each for each in found if getattr(each, "__module__", "") == "<run_path>"]
network = classes[-1]().eval()
whole = open("net.safetensors", "rb").read()
(length,) = struct.unpack("<Q", whole[:8])
header = json.loads(whole[8 : 8 + length])
kinds = {"F32": numpy.float32, "I64": numpy.int64}
state, ends = {}, [0]
for name, entry in header.items():
    if name != "__metadata__":
        begin, end = entry["data_offsets"]
        held = whole[8 + length + begin : 8 + length + end]
        values = numpy.frombuffer(held, kinds[entry["dtype"]]).reshape(entry["shape"])
        state[name] = torch.from_numpy(values.copy())
        assert begin == ends[-1]
        ends.append(end)
assert length % 8 == 0 and 8 + length + ends[-1] == len(whole)
network.load_state_dict(state, strict=True)
torch.save((state, network(torch.load("input.pt")).detach()), "output.pt")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on noise in three channels, a `state_dict` of it, and 100 inputs."""
    made = tmp_path_factory.mktemp("weights")
    (made / "small.yaml").write_text(SPEC)
    draw = numpy.random.default_rng(0)
    x = draw.random((60, 3, 8, 8)).astype("f4") * [[[[1]], [[2]], [[3]]]]
    numpy.savez(made / "d.npz", x=x, y=numpy.arange(60) % 2)
    done = run(made, "small.yaml", "--data", "d.npz", "--output", "run")
    assert done.returncode == 0, done.stderr
    torch.save(state(made), made / "state.pt")
    torch.save(torch.rand(100, 3, 8, 8), made / "input.pt")
    return made


def contents(folder: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = torch.load(folder / "run/best.ckpt", weights_only=True)
    return found


def state(folder: Path) -> dict[str, Tensor]:
    """Of the checkpoint, under the names that the network has."""
    found = contents(folder)["state_dict"].items()
    return {n.removeprefix("network."): t for n, t in found if isinstance(t, Tensor)}


def output(folder: Path) -> tuple[Tensor, Tensor]:
    """The inputs, and what the trained network makes of them."""
    network = lower(load(folder / "small.yaml")).eval()
    network.load_state_dict(state(folder))
    given = torch.load(folder / "input.pt")
    return given, network(given).detach()


def test_source_loads_the_weights_beside_it(folder: Path) -> None:
    words = "small.yaml", "--weights", "run/best.ckpt", "-o", "net.py", "--force"
    done = inside("export", *words, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "net.safetensors: the weights; `net.py` loads them strictly\n"
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-I", "-c", ELSEWHERE], cwd=folder, check=True, env=alone)
    loaded, found = torch.load(folder / "output.pt")
    assert loaded.keys() == state(folder).keys()
    assert all(torch.equal(tensor, loaded[name]) for name, tensor in state(folder).items())
    assert torch.allclose(found, output(folder)[1], rtol=1e-6, atol=1e-6)


def test_a_state_dict_makes_the_same_files(folder: Path) -> None:
    written = {}
    for weights in ("run/best.ckpt", "state.pt"):
        words = "small.yaml", "--weights", weights, "-o", "same.py", "--force"
        assert inside("export", *words, folder=folder).returncode == 0
        both = folder / "same.py", folder / "same.safetensors"
        written[weights] = [file.read_bytes() for file in both]
    assert written["run/best.ckpt"] == written["state.pt"]
    words = "small.yaml", "--weights", "same.safetensors", "-o", "again.py", "--force"
    assert inside("export", *words, folder=folder).returncode == 0
    assert (folder / "again.safetensors").read_bytes() == written["state.pt"][1]


def exported(folder: Path, form: str, *options: str) -> None:
    words = ("small.yaml", "--weights", "run/best.ckpt", "--to", form, "-o", f"net.{form}")
    done = inside("export", *words, "--force", *options, folder=folder)
    assert done.returncode == 0, done.stderr


RUN = """
import sys
sys.modules["cnncalc"] = None               # as if it were not installed
import onnxruntime, torch
given = torch.load("input.pt")
session = onnxruntime.InferenceSession("net.onnx")
(by_onnx,) = session.run(None, {session.get_inputs()[0].name: given.numpy()})
by_pt2 = torch.export.load("net.pt2").module()(given).detach()
torch.save((torch.from_numpy(by_onnx), by_pt2), "outputs.pt")
"""


def test_files_run_elsewhere_as_the_trained_network(folder: Path) -> None:
    """ONNX Runtime and `torch.export`, 100 inputs, a process without cnncalc."""
    pytest.importorskip("onnxruntime")
    exported(folder, "onnx", "--with-preprocessing")
    exported(folder, "pt2")
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-I", "-c", RUN], cwd=folder, check=True, env=alone)
    by_onnx, by_pt2 = torch.load(folder / "outputs.pt")
    assert by_onnx.shape == by_pt2.shape == (100, 2)
    assert torch.allclose(by_onnx, normalised_output(folder), atol=1e-5)
    assert torch.allclose(by_pt2, output(folder)[1], atol=1e-6)


def normalised_output(folder: Path) -> Tensor:
    """What the trained network makes of the inputs as its training normalised them."""
    said = contents(folder)["cnncalc"]["normalisation"]
    assert isinstance(said, dict)
    mean, deviation = (torch.tensor(said[name]).view(1, 3, 1, 1) for name in said)
    assert len(set(said["mean"])) == 3
    network = lower(load(folder / "small.yaml")).eval()
    network.load_state_dict(state(folder))
    found: Tensor = network((output(folder)[0] - mean) / deviation).detach()
    return found


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--weights", "run/best.ckpt"], "--weights writes two files: say where"),
        (["--weights", "no.pt", "-o", "x.py"], "`no.pt` cannot be read"),
        (["--weights", "d.npz", "-o", "x.py"], "`d.npz` "),
        (["--weights", "other.pt", "-o", "x.py"], "lacks of the network's weights conv.bias"),
        (["--weights", "nan.pt", "-o", "x.py"], "`linear.bias`"),
        (["--weights", "state.pt", "-o", "small.safetensors"], "name one file"),
        (["--weights", "state.pt", "-o", "taken.py"], "`taken.safetensors` exists already"),
        (["--map", "m.txt"], "--map says which tensor is which of --weights: give both"),
        (
            ["--with-preprocessing"],
            "--with-preprocessing wants --weights CHECKPOINT and --to onnx or",
        ),
        (
            ["--weights", "state.pt", "--to", "onnx", "-o", "x.onnx", "--with-preprocessing"],
            "does not say how images were normalised",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_does_not_go_is_told(folder: Path, words: list[str], says: str) -> None:
    held = state(folder)
    torch.save({n: t for n, t in held.items() if n != "conv.bias"}, folder / "other.pt")
    torch.save({**held, "linear.bias": held["linear.bias"] / 0}, folder / "nan.pt")
    (folder / "taken.safetensors").write_bytes(b"")
    done = inside("export", "small.yaml", *words, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert not list(folder.glob("x.*"))


def test_from_python_by_a_map_and_normalised(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({f"their.{name}": tensor for name, tensor in state(folder).items()}, "theirs.pt")
    done = inside(
        "weights", "map", str(folder / "small.yaml"), "theirs.pt", "-o", "m", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    cnncalc.export(folder / "small.yaml", "net.py", weights="theirs.pt", map="m")
    held = tensors_in(Path("net.safetensors"))
    counted_out = {name for name in held if not name.endswith("num_batches_tracked")}
    assert all(torch.equal(held[name], state(folder)[name]) for name in counted_out)
    given = torch.load(folder / "input.pt")
    best = folder / "run/best.ckpt"
    cnncalc.export(folder / "small.yaml", "net.pt2", format="pt2", weights=best, preprocessing=True)
    found = torch.export.load("net.pt2").module()(given).detach()
    assert torch.allclose(found, normalised_output(folder), atol=1e-6)
    for named, says in (
        ({"weights": best, "preprocessing": True}, "a format that runs"),
        ({"map": "m"}, "give both"),
    ):
        with pytest.raises(TypeError, match=says):
            cnncalc.export(folder / "small.yaml", "x.py", **named)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="does not say how images were normalised"):
        cnncalc.export(
            folder / "small.yaml", "x.pt2", format="pt2", weights=folder / "state.pt",
            preprocessing=True,
        )  # fmt: skip
    assert not list(tmp_path.glob("x.*"))


def test_names_of_any_letters_are_written(tmp_path: Path) -> None:
    held = {
        "a\u202e\nb": torch.zeros(2, dtype=torch.bfloat16),
        "c": torch.tensor(3),
        "d": torch.zeros(0),
    }
    to_safetensors(held, tmp_path / "w.safetensors")
    whole = (tmp_path / "w.safetensors").read_bytes()
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + length])
    assert header["a\u202e\nb"] == {"dtype": "BF16", "shape": [2], "data_offsets": [8, 12]}
    assert header["c"] == {"dtype": "I64", "shape": [], "data_offsets": [0, 8]}
    assert header["d"]["data_offsets"] in ([8, 8], [12, 12])
