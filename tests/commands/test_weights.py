"""`cnncalc weights show` and `weights map`; `--weights` and `--map` of other commands."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import torch

from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from cnncalc.runtime.profile.device import device
from cnncalc.runtime.profile.profile import Options, prepare
from cnncalc.runtime.sealed import seal
from tests.inside import inside

pytestmark = pytest.mark.torch

SAID = {
    "spec": "name: LeNet-5\n",
    "recipe": {"epochs": 20, "optimizer": {"kind": "adam"}, "loss": None},
    "data": "digits",
    "classes": [str(digit) for digit in range(30)],
    "validation": {"loss": 0.1, "error": 0.02},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint, and the same weights by other names, which begin anew behind two layers."""
    state = lower(load("lenet5")).state_dict()
    named = {f"network.{name}": tensor for name, tensor in state.items()}
    torch.save(seal({"state_dict": named, "cnncalc": SAID}), tmp_path / "a.ckpt")
    torch.save({f"x{name}": tensor for name, tensor in state.items()}, tmp_path / "x.pt")
    return tmp_path


def run(folder: Path, *words: str) -> CompletedProcess[str]:
    return inside(*words, folder=folder)


def test_what_a_checkpoint_says(folder: Path) -> None:
    done = run(folder, "weights", "show", "a.ckpt")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    digest = hashlib.sha256((folder / "a.ckpt").read_bytes()).hexdigest()
    for line in (
        "format checkpoint, as it was written",
        f"SHA-256 {digest}",
        "recipe.optimizer kind adam",
        "data digits",
        "validation.error 0.02",
        "10 tensors 61,706",
        "name: LeNet-5",
    ):
        assert line in lines
    shown = ", ".join(map(str, range(20)))
    assert f"classes {shown}, and 10 more" in " ".join(lines)  # over two lines
    assert not any("recipe.loss" in line for line in lines)


def test_all_of_it_as_json(folder: Path) -> None:
    found = json.loads(run(folder, "weights", "show", "a.ckpt", "--format", "json").stdout)
    said = {name: found["said"][name] for name in SAID}
    assert (found["form"], found["sealed"], said) == ("checkpoint", True, SAID)
    state = lower(load("lenet5")).state_dict()
    for tensor in found["tensors"]:
        wanted = state[tensor["name"]]
        assert tensor["norm"] == pytest.approx(float(wanted.double().norm()))
        assert (tensor["shape"], tensor["numbers"]) == ([*wanted.shape], wanted.numel())


def test_a_checkpoint_that_was_changed_is_refused(folder: Path) -> None:
    found = torch.load(folder / "a.ckpt", weights_only=True)
    found["cnncalc"]["data"] = "others"
    torch.save(found, folder / "a.ckpt")
    done = run(folder, "weights", "show", "a.ckpt")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not as it was written" in done.stderr


def test_a_map_of_two_files_and_what_is_alone(folder: Path) -> None:
    torch.save({"C1.weight": torch.ones(6, 1, 5, 5), "b": torch.ones(2)}, folder / "b.pt")
    done = run(folder, "weights", "map", "b.pt", "x.pt")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == "C1.weight  xC1.weight"
    assert "# no tensor for b, 2\n" in done.stdout
    assert "# not used: xC1.bias, 6\n" in done.stdout


def test_a_map_of_a_spec_and_its_model(folder: Path) -> None:
    """By structure: the two convolutions of a shape stand the other way round in the model."""
    (folder / "turned.py").write_text(
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.second = nn.Conv2d(3, 3, 1)\n"
        "        self.first = nn.Conv2d(3, 3, 1)\n"
        "    def forward(self, x):\n"
        "        return self.second(self.first(x).relu())\n"
    )
    layers = "[{conv: {filters: 3, kernel: 1}}, relu, {conv: {filters: 3, kernel: 1}}]"
    (folder / "net.yaml").write_text(f"input: 3x8x8\nlayers: {layers}\n")
    done = run(folder, "weights", "map", "net.yaml", "turned.py:Net")
    assert done.returncode == 0, done.stderr
    pairs = dict(line.split()[:2] for line in done.stdout.splitlines()[1:])
    assert pairs["conv.weight"] == "first.weight"
    assert pairs["conv_2.weight"] == "second.weight"


def test_nothing_alike(folder: Path) -> None:
    torch.save({"b": torch.ones(2)}, folder / "b.pt")
    done = run(folder, "weights", "map", "b.pt", "x.pt")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no weight of b.pt is like a tensor of x.pt" in done.stderr


def test_verify_with_weights(folder: Path) -> None:
    refused = run(folder, "verify", "lenet5", "--weights", "x.pt", "--no-field")
    assert refused.returncode == 1
    assert "differs (10)" in refused.stdout
    run(folder, "weights", "map", "lenet5", "x.pt", "-o", "map")
    verified = run(folder, "verify", "lenet5", "--weights", "x.pt", "--map", "map", "--no-field")
    assert verified.returncode == 0, verified.stdout
    assert " ".join(verified.stdout.split()).count("given weights 10 tensors equal x.pt, by map")


def test_profile_with_weights(folder: Path) -> None:
    graph = load("lenet5")
    state = {name: tensor + 1 for name, tensor in lower(graph).state_dict().items()}
    measured = prepare(graph, device("cpu", "fp32"), 1, Options(state=state))
    for name, tensor in measured.module.state_dict().items():
        assert torch.equal(tensor, state[name])
    refused = run(folder, "profile", "lenet5", "--weights", "x.pt", "--device", "cpu")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "lacks of the network's weights C1.weight" in refused.stderr
    assert "it has besides xC1.weight" in refused.stderr


@pytest.mark.thorough
def test_a_profile_says_where_its_weights_are_from(folder: Path) -> None:
    done = run(folder, "profile", "lenet5", "--weights", "a.ckpt", "--rounds", "1", "--inference")
    assert done.returncode == 0
    assert "10 of 10 tensors from a.ckpt, by name" in done.stderr


WRONG = {
    "two specs": ("verify", "lenet5", "lenet5", "--weights", "a.ckpt"),
    "without numbers": ("verify", "lenet5", "--weights", "a.ckpt", "--device", "meta"),
    "a map alone": ("verify", "lenet5", "--map", "map"),
    "two to measure": ("profile", "lenet5", "lenet5", "--weights", "a.ckpt"),
    "a map of nothing": ("profile", "lenet5", "--map", "map"),
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_what_does_not_go_together(words: tuple[str, ...], folder: Path) -> None:
    done = run(folder, *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--weights" in done.stderr
