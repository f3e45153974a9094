"""Tensors of a file fitted to a network: by name, by map; what does not fit is told both ways."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from torch import Tensor

from cnncalc.language.load import load, loads
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower
from cnncalc.runtime.weights.fitted_weights import UnfitError, fitted, whole
from cnncalc.runtime.weights.map_proposal import shapes_of_graph
from cnncalc.runtime.weights.proposing import COUNTERS, proposed
from cnncalc.zoo import networks
from tests.inside import inside
from tests.weights import resnet18
from tests.weights.written_files import written_state

pytestmark = pytest.mark.torch

CLASSES = 7


def test_torchvisions_resnet18_by_a_map(tmp_path: Path) -> None:
    state = resnet18.made(CLASSES)
    torch.save(state, tmp_path / "theirs.pth")
    spec = ("resnet18", "--set", f"classes={CLASSES}")
    done = inside("weights", "map", spec[0], "theirs.pth", *spec[1:], "-o", "map", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == f"{len(state) - 20} tensors paired by order and shape\n"
    network = lower(load("resnet18", args={"classes": CLASSES})).eval()
    found = fitted(network, tmp_path / "theirs.pth", tmp_path / "map")
    assert found.fits
    assert not found.left
    found.put_into(network)
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(network(x), resnet18.run(state, x), rtol=1e-5, atol=1e-5)


ORDERS = {
    "as it is": lambda names: names,
    "sorted, as safetensors are": sorted,
    "shortcuts first": lambda names: sorted(
        names, key=lambda n: (n.split(".")[:2], "down" not in n)
    ),
}


@pytest.mark.parametrize("order", ORDERS)
def test_what_a_proposal_does_not_doubt_is_so(order: str) -> None:
    ours = shapes_of_graph(load("resnet18"))
    theirs = {n: s for n, s in resnet18.shapes(1000) if not n.endswith(COUNTERS)}
    wanted = dict(zip((n for n in ours if not n.endswith(COUNTERS)), theirs, strict=True))
    found = proposed(ours, {name: theirs[name] for name in ORDERS[order]([*theirs])})
    assert not found.without
    assert all(found.pairs[n] == other or n in found.ambiguous for n, other in wanted.items())


@pytest.mark.thorough
@pytest.mark.parametrize("name", networks())
def test_no_network_of_the_zoo_is_paired_wrongly_without_a_doubt(name: str) -> None:
    """Names that say nothing, modules in their order, sorted by these names, shuffled."""
    ours = {n: s for n, s in shapes_of_graph(load(name)).items() if not n.endswith(COUNTERS)}
    modules = list(dict.fromkeys(n.rpartition(".")[0] for n in ours))
    places = {module: number for number, module in enumerate(modules)}
    split = {n: n.rpartition(".") for n in ours}
    theirs = {n: f"m.{places[module]}.{last}" for n, (module, _, last) in split.items()}
    drawn = random.Random(name)
    shuffled = {module: drawn.random() for module in modules}
    whole_order = proposed(ours, {theirs[n]: ours[n] for n in ours})
    assert (dict(whole_order.pairs), dict(whole_order.ambiguous)) == (theirs, {})
    for order in (
        sorted(ours, key=theirs.__getitem__),
        sorted(ours, key=lambda n: shuffled[split[n][0]]),
    ):
        found = proposed(ours, {theirs[n]: ours[n] for n in order})
        assert all(found.pairs[n] == theirs[n] or n in found.ambiguous for n in ours)


def test_ten_blocks_that_were_sorted_keep_their_order() -> None:
    ours = {f"stage.{n}.weight": (4, 4) for n in range(12)}
    theirs = dict.fromkeys(sorted(f"blocks.{n}.w" for n in range(12)), (4, 4))
    assert [*proposed(ours, theirs).pairs.values()] == [f"blocks.{n}.w" for n in range(12)]


# -- what does not fit ----------------------------------------------------------------------

SPEC = """
input: 3x8x8
args: {classes: 10}
layers:
  - {name: a, conv: {filters: 4, kernel: 3}}
  - {name: n, batch_norm: }
  - global_avg_pool
  - {name: fc, linear: classes}
"""


def graph(classes: int = 10) -> Graph:
    return loads(SPEC, args={"classes": classes})


def state(classes: int = 10) -> dict[str, Tensor]:
    return {name: tensor.clone() + 1 for name, tensor in lower(graph(classes)).state_dict().items()}


def test_another_number_of_classes_begins_anew(tmp_path: Path) -> None:
    given = state(1000)
    torch.save({**given, "head.weight": torch.ones(3)}, tmp_path / "x.pt")
    network = lower(graph())
    before = network.state_dict()["fc.weight"].clone()
    found = fitted(network, tmp_path / "x.pt")
    assert found.lines() == [
        f"{2 + 4} of {2 + 4 + 2} tensors from {tmp_path / 'x.pt'}, by name",
        "begin anew: fc.weight (10x4, the file has 1000x4), fc.bias (10, the file has 1000)",
        f"not used of {tmp_path / 'x.pt'}: head.weight",
    ]
    found.put_into(network)
    assert torch.equal(network.state_dict()["fc.weight"], before)
    assert torch.equal(network.state_dict()["a.weight"], given["a.weight"])
    with pytest.raises(UnfitError, match=r"lacks of the network's weights fc\.weight"):
        whole(network, tmp_path / "x.pt")


def test_names_that_are_others_are_told_with_a_way_out(tmp_path: Path) -> None:
    given = {name.replace("a.", "stem."): tensor for name, tensor in state().items()}
    *_, missing, left, way_out = fitted(lower(graph()), _saved(tmp_path, given)).lines()
    assert missing == "begin anew: a.weight, a.bias"
    assert left.endswith(": stem.weight, stem.bias")
    assert "`cnncalc weights map SPEC FILE`" in way_out


def test_a_file_without_counters_lacks_nothing(tmp_path: Path) -> None:
    given = {name: tensor for name, tensor in state().items() if COUNTERS not in name}
    assert fitted(lower(graph()), _saved(tmp_path, given)).fits


def test_half_precision_goes_in_and_whole_numbers_do_not(tmp_path: Path) -> None:
    given = state() | {"fc.bias": torch.ones(10, dtype=torch.uint8)}
    given["a.weight"] = given["a.weight"].half()
    found = fitted(lower(graph()), written_state(tmp_path / "x", given))
    assert found.missing == {"fc.bias": "the file has numbers of uint8"}


def test_layers_that_share_want_one_tensor(tmp_path: Path) -> None:
    shared = """
input: 3x8x8
layers:
  - {name: a, conv: {filters: 3, kernel: 1}}
  - {name: b, share: a}
"""
    network = lower(loads(shared))
    for name in ("a", "b"):
        known = {f"{name}.weight", f"{name}.bias"} & network.state_dict().keys()
        given = {each: network.state_dict()[each] for each in known}
        if given:
            assert fitted(network, _saved(tmp_path, given)).fits
    whole_state = fitted(network, _saved(tmp_path, network.state_dict()))
    assert (whole_state.fits, whole_state.left) == (True, ())


def _saved(folder: Path, given: dict[str, Tensor]) -> Path:
    torch.save(given, folder / "x.pt")
    return folder / "x.pt"


# -- maps -----------------------------------------------------------------------------------


def test_a_map_turns_cuts_and_scales(tmp_path: Path) -> None:
    given = state()
    theirs = {
        "turned": given["fc.weight"].T.contiguous(),
        "both": torch.cat([given["fc.bias"], given["a.bias"] * 2]),
        **{name: t for name, t in given.items() if name not in ("fc.weight", "fc.bias", "a.bias")},
    }
    lines = ["fc.weight turned (1,0)", "fc.bias both [0:10]", "a.bias both [10:14] *0.5"]
    (tmp_path / "map").write_text("\n".join(lines))
    found = fitted(lower(graph()), _saved(tmp_path, theirs), tmp_path / "map")
    assert (found.fits, found.left) == (True, ())
    for name, tensor in given.items():
        assert torch.equal(found.state[name], tensor), name


WRONG = {
    "ours is none": ("b.weight a.weight", "the network has no b.weight"),
    "theirs is none": ("a.weight b.weight", "x.pt` has no b.weight"),
    "no order": ("a.weight a.weight (1,0)", "`a.weight` cannot be made of a.weight"),
    "a part behind": ("fc.bias fc.bias [0:11]", "`[0:11]` of 10"),
    "not one behind the other": (
        "a.bias fc.bias,fc.weight",
        "cannot be made of fc.bias, fc.weight",
    ),
    "of a number": (f"a.bias n.{COUNTERS} [0:1]", "cannot be made of"),
    "numbers together": (f"a.bias n.{COUNTERS},n.{COUNTERS}", "cannot be made of"),
    "no map": ("a b c d", "map:1:5: a line is our name, theirs"),
}


@pytest.mark.parametrize(("line", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_map_that_is_none_is_refused(line: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "map").write_text(line)
    with pytest.raises(UnfitError) as refused:
        fitted(lower(graph()), _saved(tmp_path, state()), tmp_path / "map")
    assert said in str(refused.value)


def test_values_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    given = state() | {"fc.bias": torch.full((10,), float("nan"))}
    with pytest.raises(UnfitError, match=r"values in `fc\.bias` that are no numbers"):
        fitted(lower(graph()), _saved(tmp_path, given))
