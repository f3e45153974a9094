"""The file that says which tensor of a model each weight of a spec is."""

from __future__ import annotations

import random

import pytest
import torch
from torch import nn

from cnncalc.importing.drafts import Origin
from cnncalc.importing.weight_map import WeightMapError, read_map, written_map
from cnncalc.runtime.importing.carried_weights import CarryError, safetensors, state_of
from cnncalc.runtime.importing.imported_model import of_module
from tests.importing.small_models import MODELS

WORDS = (
    *("conv.weight", "a b", 'q"uoted', "c,d", "#1", "(1,0)", "[0:1]", "*2", "\u00e9\u4e2d", "a*b"),
    *("\\", "x\ty", "line\nbreak", "\u2028", "{y}", "layers.0.q+k/v"),
)


def random_origin(rng: random.Random) -> Origin:
    order = list(range(rng.randint(1, 4)))
    rng.shuffle(order)
    return Origin(
        tuple(rng.choice(WORDS) for _ in range(rng.randint(1, 3))),
        tuple(order) if rng.random() < 0.5 else None,
        part=(3, 3 + rng.randint(1, 9)) if rng.random() < 0.5 else None,
        factor=rng.choice([1.0, 0.125, -1e-30, 1 / 3]),
    )


def test_what_is_written_is_read() -> None:
    rng = random.Random(1)
    for _ in range(100):
        origins = {word: random_origin(rng) for word in rng.sample(WORDS, 5)}
        assert read_map(written_map(origins)) == origins


def test_it_stands_in_columns() -> None:
    origins = {
        "conv.weight": Origin(("stem.conv.weight",)),
        "linear.weight": Origin(("q", "k"), (1, 0), part=(64, 128), factor=0.5),
    }
    assert written_map(origins).splitlines() == [
        "# ours         theirs            permutation",
        "conv.weight    stem.conv.weight",
        "linear.weight  q,k               [64:128] (1,0) *0.5",
    ]


WRONG = {
    "no theirs": ("conv.weight", 1, "our name, theirs"),
    "three names": ("a b c", 5, "our name, theirs"),
    "two of ours": ("a,b c", 1, "our name is one"),
    "a part of nothing": ("a b [4:4]", 5, "nothing lies from 4 to 4"),
    "an order of what is not there": ("a b (0,2)", 5, "no order of dimensions"),
    "an order that repeats": ("a b (0,0)", 5, "no order of dimensions"),
    "no number": ("a b *1.2.3", 5, "no finite number"),
    "an endless number": ("a b *9e999", 5, "no finite number"),
    "out of order": ("a b (1,0) [0:4]", 5, "follow one another"),
    "twice": ("a b *2 *2", 5, "follow one another"),
    "an open quote": ('a "b', 3, "is no part of a map"),
    "a bad escape": (r'a "\q"', 3, "no text as JSON has it"),
    "a stray sign": ("a b{", 4, "is no part of a map"),
    "ours again": ("x z", 1, "has a tensor already, by line 1"),
    "a line without end": ("a" * 30_000, 20_001, "30,013 characters"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_map_is_told_in_its_place(case: str) -> None:
    line, column, said = WRONG[case]
    with pytest.raises(WeightMapError) as found:
        read_map(f"x y\n\n{line}  # a comment\nx\n")
    problem, last = found.value.problems
    assert (problem.line, problem.column) == (3, column)
    assert said in problem.what
    assert last.line == 4
    assert problem.lines("m.txt")[0].startswith(f"m.txt:3:{column}: ")


@pytest.mark.parametrize(
    "name", ["attention_by_hand", "transformer", "weights_shared", "recurrent"]
)
def test_the_map_makes_the_saved_weights_of_the_models_own(name: str) -> None:
    make, shapes = MODELS[name]
    module = make()
    found = of_module(module, shapes, name)
    origins = {ours: origin for ours, (origin, _) in found.origins().items()}
    theirs = module.state_dict()
    for ours, origin in read_map(written_map(origins)).items():
        tensor = torch.cat([theirs[each] for each in origin.tensors])
        tensor = tensor[slice(*origin.part)] if origin.part else tensor
        tensor = tensor.permute(origin.order) if origin.order else tensor
        saved = state_of(found)[ours]
        assert torch.equal((tensor * origin.factor).reshape(saved.shape), saved)


class Scaled(nn.Module):
    """A scale whose numbers are of a type."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.conv.weight = nn.Parameter(self.conv.weight.detach().to(dtype), False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv2d(x, self.conv.weight.to(x.dtype), self.conv.bias)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_short_numbers_are_carried_exactly(dtype: str) -> None:
    module = Scaled(getattr(torch, dtype))
    state = state_of(of_module(module, [(3, 8, 8)]))
    assert torch.equal(state["conv.weight"].float(), module.conv.weight.float())
    assert safetensors(state)


def test_numbers_that_a_file_has_not_are_told() -> None:
    with pytest.raises(CarryError, match="`scale` is of complex64, which safetensors has not"):
        safetensors({"scale": torch.ones(3, dtype=torch.complex64)})
