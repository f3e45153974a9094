"""Groups that run once more in the backward pass: the same weights, and less that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks

import cnncalc
from cnncalc.language.load import load
from cnncalc.network.recipe import NamedPart, Recipe
from cnncalc.runtime.lower import lower
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.recomputation import run_again
from tests.train.small import run, same, weights

pytestmark = pytest.mark.torch

SPEC = """
name: small
input: 1x8x8
layers:
  - name: stem
    layers: [{conv: {filters: 8, kernel: 3}}, batch_norm, relu, {dropout: 0.2}]
  - name: body
    layers:
      - {name: inner, layers: [{conv: {filters: 8, kernel: 3}}, batch_norm, relu], repeat: 2}
      - {dropout: 0.2}
  - global_avg_pool
  - linear: 10
train: {epochs: 2, batch: 128, MORE}
"""

WAYS = {
    "a group": ("stem", "seed: 1"),
    "a group in a group": ("[body, body.inner.1]", "seed: 2"),
    "all": ("all", "seed: 3"),
    "one that is frozen": ("all", "freeze: stem"),
    "in 16 bits": ("all", "precision: bfloat16"),
}


def trained(folder: Path, more: str) -> Path:
    folder.mkdir()
    (folder / "small.yaml").write_text(SPEC.replace("MORE", more))
    found = run(folder, "small.yaml", "--output", "run")
    assert found.returncode == 0, found.stderr
    return folder / "run" / "last.ckpt"


@pytest.mark.parametrize(("again", "more"), WAYS.values(), ids=WAYS)
def test_the_same_weights_and_statistics(again: str, more: str, tmp_path: Path) -> None:
    """To the bit: with dropout as it was drawn, and each batch counted once."""
    once = trained(tmp_path / "once", more)
    assert same(trained(tmp_path / "again", f"recompute: {again}, {more}"), once)
    counts = [value for name, value in weights(once).items() if "batches_tracked" in name]
    assert len(counts) == 3
    assert max(counts) > 2


def kept(more: str) -> int:
    """Bytes that a forward pass keeps, each storage once, without the weights."""
    graph = cnncalc.loads(SPEC.replace("MORE", more))
    network = lower(graph)
    assert graph.recipe
    run_again(graph, network, graph.recipe)
    own = {weight.untyped_storage().data_ptr() for weight in network.state_dict().values()}
    found: dict[int, torch.Tensor] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        found[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        network(torch.ones(4, 1, 8, 8))
    return sum(t.untyped_storage().nbytes() for at, t in found.items() if at not in own)


def test_less_is_kept() -> None:
    """What the groups read, the image and 8x6x6, and what `linear` reads; else a lot more."""
    read = 4 * 4 * (8 * 8 + 8 * 6 * 6 + 8)
    assert kept("recompute: all") == read
    assert kept("seed: 0") > 4 * read


def test_a_forward_pass_without_gradients_is_no_other() -> None:
    graph = cnncalc.loads(SPEC.replace("MORE", "recompute: all"))
    plain, again = lower(graph).eval(), lower(graph).eval()
    assert graph.recipe
    run_again(graph, again, graph.recipe)
    image = torch.ones(2, 1, 8, 8)
    with torch.no_grad():
        assert torch.equal(plain(image), again(image))


def test_memory_takes_the_recipes(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SPEC.replace("MORE", "recompute: [stem, body]"))
    asked = cnncalc.memory(str(path), batch=9, recompute=["all"])
    assert cnncalc.memory(str(path), batch=9).to_dict() == asked.to_dict()
    without = cnncalc.memory(str(path), batch=9, recompute=["none"])
    assert without.macs == 0 < asked.macs
    assert cnncalc.memory(str(path), optimizer=None).macs == 0


NAMES = {
    "bodi": "did you mean `body`?",
    "linear": "groups: stem, body",
}


@pytest.mark.parametrize(("name", "hint"), NAMES.items(), ids=NAMES)
def test_a_group_that_is_not_there(name: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SPEC.replace("MORE", f"recompute: [{name}]"))
    found = run(tmp_path, "small.yaml")
    assert found.returncode == 1
    assert f"CNN254 the network has no group `{name}`" in found.stderr
    assert hint in found.stderr


@pytest.mark.parametrize("path", ["forwards.direction.later", "forwards.direction.second.state"])
def test_a_group_that_has_no_module(path: str) -> None:
    """One that stands in a loop, and one that shares the weights of another."""
    graph = load("specs/audio/deepspeech.yaml")
    recipe = Recipe(recompute=(NamedPart(path, graph.span),))
    with pytest.raises(TrainError, match="runs in parts"):
        run_again(graph, lower(graph, device="meta"), recipe)


def test_a_run_goes_on_with_other_groups(tmp_path: Path) -> None:
    """As where memory ran out: no step is another."""
    more = ["--output", "run", "--recipe"]
    (tmp_path / "small.yaml").write_text(SPEC.replace("MORE", "seed: 3"))
    assert run(tmp_path, "small.yaml", *more, "epochs=1").returncode == 0
    found = run(tmp_path, "small.yaml", *more, "recompute=body", "--resume")
    assert found.returncode == 0, found.stderr
    assert same(tmp_path / "run" / "last.ckpt", trained(tmp_path / "once", "seed: 3"))


GENERATOR = """
input: 16
layers:
  - {name: top, layers: [{linear: 32}, batch_norm, relu]}
  - {linear: 64}
  - reshape: 1x8x8
  - tanh
train: {adversarial: logistic, batch: 512, steps: 3, normalise: symmetric}
"""

DISCRIMINATOR = """
input: 1x8x8
layers:
  - {name: low, layers: [{conv: {filters: 8, kernel: 3}}, batch_norm, relu, {dropout: 0.3}]}
  - flatten
  - linear: 1
train: {normalise: symmetric}
"""


def test_a_pair(tmp_path: Path) -> None:
    """Each side runs its groups again: the discriminator's, in the turns of both."""
    (tmp_path / "one.yaml").write_text(GENERATOR)
    (tmp_path / "other.yaml").write_text(DISCRIMINATOR)
    both = ["one.yaml", "--discriminator", "other.yaml", "--output"]
    again = ["--recipe", "recompute=all", "--recipe", "discriminator.recompute=low"]
    for folder, more in (("once", []), ("again", again)):
        found = run(tmp_path, *both, folder, *more)
        assert found.returncode == 0, found.stderr
    assert same(tmp_path / "once" / "last.ckpt", tmp_path / "again" / "last.ckpt")
