"""Files of weights: what is converted, what is refused, and what is never overwritten."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

from cnncalc.commands.options import UsageError
from cnncalc.commands.transform import transform
from cnncalc.language.load import load
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.sealed import seal
from tests.transform.networks import trained

pytestmark = pytest.mark.torch

SPEC = """
input: 3x8x8
layers:
  - {name: a, conv: {filters: 4, kernel: 3, bias: false}}
  - {name: n, batch_norm: }
  - relu
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(SPEC)
    torch.save(trained(load("net.yaml")).state_dict(), "net.pt")
    return tmp_path


def fold(weights: str = "net.pt", to: str = "folded.pt", force: bool = False) -> int:
    return transform("fold-batch-norm", "net.yaml", [], "folded.yaml", force, weights, to)


@torch.no_grad()
def test_a_checkpoint_is_converted(folder: Path) -> None:
    assert fold() == 0
    first, second = trained(load("net.yaml")), lower(load("folded.yaml")).double().eval()
    state = torch.load("folded.pt", weights_only=True)
    assert {name: tensor.dtype for name, tensor in state.items()} == {
        "a.weight": torch.float64,
        "a.bias": torch.float64,
    }
    second.load_state_dict(state)
    given = [x.double() for x in samples(load("net.yaml"), 3)]
    torch.testing.assert_close(first(*given), second(*given))
    assert sorted(path.name for path in folder.iterdir()) == [
        "folded.pt",
        "folded.yaml",
        "net.pt",
        "net.yaml",
    ]


def test_single_and_half_precision_stay(folder: Path) -> None:
    for kind in (torch.float32, torch.float16):
        state = torch.load("net.pt", weights_only=True)
        torch.save(
            {k: v.to(kind) if v.is_floating_point() else v for k, v in state.items()}, "x.pt"
        )
        assert fold("x.pt", force=True) == 0
        found = torch.load("folded.pt", weights_only=True)
        assert {tensor.dtype for tensor in found.values()} == {kind}


def test_a_checkpoint_of_a_training_is_converted(folder: Path) -> None:
    assert fold() == 0
    wanted = torch.load("folded.pt", weights_only=True)
    state = torch.load("net.pt", weights_only=True)
    wrapped = {f"network.{name}": tensor for name, tensor in state.items()}
    checkpoint = seal({"state_dict": wrapped, "epoch": 3, "cnncalc": {"epochs": 4}})
    torch.save(checkpoint, "last.ckpt")
    assert fold("last.ckpt", force=True) == 0
    found = torch.load("folded.pt", weights_only=True)
    assert all(torch.equal(found[name], tensor) for name, tensor in wanted.items())
    checkpoint["state_dict"]["network.a.weight"].view(-1)[0] += 1
    torch.save(checkpoint, "last.ckpt")
    with pytest.raises(UsageError, match="is not as it was written: its SHA-256 is another"):
        fold("last.ckpt", force=True)


class Evil:
    """What a file of weights must never run."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("evil"),)  # type: ignore[return-value]


def spoilt(name: str) -> object:
    state = torch.load("net.pt", weights_only=True)
    if name == "lacks":
        del state["n.running_var"], state["n.weight"]
    elif name == "has":
        state["fc.weight"] = torch.zeros(1)
    elif name == "both":
        return {f"module.{key}": value for key, value in state.items()}
    elif name == "shape":
        state["a.weight"] = torch.zeros(4, 3, 5, 5)
    elif name == "wrapped":
        return {"epoch": 3, "model": state}
    elif name == "tensor":
        return torch.zeros(3)
    return state


REFUSED = {
    "lacks": "`bad.pt`: it lacks `n.weight`, `n.running_var` that the spec has",
    "has": "`bad.pt`: it has `fc.weight` that the spec does not have",
    "both": "`bad.pt`: it lacks `a.weight`, `n.weight`, `n.bias` and 3 more that the spec has, and "
    "has `module.a.weight`, `module.n.weight`, `module.n.bias` and 3 more that the spec does not",
    "shape": "`bad.pt`: its `a.weight` is 4x3x5x5, the spec's 4x3x3x3",
    "wrapped": "`bad.pt` holds `epoch`, `model`, not a state_dict alone",
    "tensor": "`bad.pt` holds a Tensor, not a state_dict",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_state_of_the_network_is_refused(name: str, folder: Path) -> None:
    torch.save(spoilt(name), "bad.pt")
    with pytest.raises(UsageError) as refused:
        fold("bad.pt")
    assert REFUSED[name] in str(refused.value)
    assert not Path("folded.pt").exists()
    assert not Path("folded.yaml").exists()


def test_what_is_no_file_of_weights_is_refused(folder: Path) -> None:
    Path("empty.pt").touch()
    Path("text.pt").write_text("weights")
    Path("evil.pt").write_bytes(pickle.dumps(Evil()))
    torch.save({"a.weight": Evil()}, "evil2.pt")
    Path("cut.pt").write_bytes(Path("net.pt").read_bytes()[:500])
    for file in ("empty.pt", "text.pt", "cut.pt"):
        with pytest.raises(UsageError, match="is no file of weights that PyTorch can read"):
            fold(file)
    with pytest.raises(UsageError, match=r"`evil\.pt` is a pickle, which could run anything"):
        fold("evil.pt")
    with pytest.raises(UsageError, match="holds more than weights, numbers and texts"):
        fold("evil2.pt")
    assert not Path("evil").exists()
    assert not Path("folded.yaml").exists()


MISTAKES = {
    "--weights and --to go together": {"weights": None},
    "there is no file of weights `none.pt`": {"weights": "none.pt"},
    "`net.pt` exists already; --force writes over it": {"to": "net.pt"},
    "`net.yaml` exists already; --force writes over it": {"output": "net.yaml"},
    "`.` is a folder": {"output": ".", "force": True},
    "there is no folder `nowhere`": {"to": "nowhere/x.pt"},
    "--output and --to name one file": {"output": "./folded.pt"},
}


@pytest.mark.parametrize("message", MISTAKES)
def test_mistakes(message: str, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    options = {"output": "folded.yaml", "weights": "net.pt", "to": "folded.pt", "force": False}
    with pytest.raises(UsageError) as refused:
        transform("fold-batch-norm", "net.yaml", [], **(options | MISTAKES[message]))  # type: ignore[arg-type]
    assert message in str(refused.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
