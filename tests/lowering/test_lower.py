"""The lowered networks: names, shapes, weights, outputs."""

from __future__ import annotations

import weakref
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import torch

from cnncalc.analysis import analyze
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import load, read_source
from cnncalc.lowering.source import source
from cnncalc.network.graph import Graph
from cnncalc.network.names import OF_MODULES, attribute, module_path
from cnncalc.runtime.lower import lower, samples
from cnncalc.zoo import networks
from tests.sampled import of_the_zoo

pytestmark = pytest.mark.torch

SPECS = {name: str(path) for name, path in networks().items()}


@cache
def graph_of(spec: str) -> Graph:
    return load(SPECS[spec])


@cache
def lowered(spec: str) -> torch.nn.Module:
    """Without memory."""
    return lower(graph_of(spec), device="meta").eval()


def written(text: str) -> Graph:
    diagnostics = Diagnostics()
    graph = read_source(Source("test", text), Path("test"), diagnostics)
    assert graph, list(diagnostics)
    return graph


def shapes_of(graph: Graph, given: torch.Tensor | dict[str, torch.Tensor]) -> dict[str, object]:
    found = given if isinstance(given, dict) else {"output": given}
    return {name: tuple(tensor.shape) for name, tensor in found.items()}


@pytest.mark.parametrize("spec", of_the_zoo(SPECS))
@torch.inference_mode()
def test_every_network_lowers(spec: str) -> None:
    graph = graph_of(spec)
    given = lowered(spec)(*samples(graph, 2, "meta"))
    heads = graph.heads
    assert shapes_of(graph, given) == {name: (2, *node.shape) for name, node in heads.items()}


@pytest.mark.parametrize("spec", of_the_zoo(SPECS))
def test_weights_are_named_by_the_paths(spec: str) -> None:
    graph = graph_of(spec)
    state = lowered(spec).state_dict()
    weights = {
        f"{module_path(node.path)}.{weight.name}": weight.shape
        for node in graph.layers
        if node.layer
        for weight in node.layer.weights(*node.shapes)
    }
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == weights


@pytest.mark.parametrize("spec", of_the_zoo(SPECS))
def test_parameters_that_train(spec: str) -> None:
    graph = graph_of(spec)
    network = lowered(spec)
    trained = sum(p.numel() for p in network.parameters() if p.requires_grad)
    kept = sum(p.numel() for p in network.parameters() if not p.requires_grad)
    counted = analyze(graph).totals.params
    assert (trained, kept) == (counted.trainable, counted.frozen)


def test_names_that_modules_have() -> None:
    """A child of such a name would hide it, or be refused."""
    nn = torch.nn
    theirs = {
        name for module in (nn.Module, nn.Sequential, nn.ModuleList) for name in dir(module())
    }
    assert {name for name in theirs if attribute(name) in theirs} == set()
    assert {name for name in theirs if attribute(name) == name} == set()


def test_no_two_names_become_one() -> None:
    words = ["".join(signs) for size in range(1, 6) for signs in product("_0a", repeat=size)]
    words += [f"{word}{'_' * count}" for word in OF_MODULES for count in range(4)]
    assert len({attribute(word) for word in words}) == len(set(words))


# -- weights at the beginning ----------------------------------------------------------------

SIGMOID = """
input: 64x9x9
{init}
layers:
  - {{name: rectified, conv: {{filters: 64, kernel: 5}}}}
  - batch_norm
  - relu
  - {{name: squashed, conv: {{filters: 64, kernel: 5}}}}
  - sigmoid
"""


def spread(network: torch.nn.Module, layer: str) -> float:
    """Variance of the weights of a layer."""
    return float(network.get_submodule(layer).weight.detach().var())


HE = 2 / (64 * 25)  # 2 / fan in: He et al. 2015, equation 10
XAVIER = 2 / (64 * 25 + 64 * 25)  # 2 / (fan in + fan out): Glorot & Bengio 2010, equation 12
PYTORCH = 1 / (3 * 64 * 25)  # uniform between -1/sqrt(fan in) and 1/sqrt(fan in)


@pytest.mark.parametrize(
    ("init", "rectified", "squashed"),
    [
        ("", HE, XAVIER),
        ("init: suited", HE, XAVIER),
        ("init: he", HE, HE),
        ("init: xavier", XAVIER, XAVIER),
        ("init: pytorch", PYTORCH, PYTORCH),
    ],
)
def test_spread_of_weights(init: str, rectified: float, squashed: float) -> None:
    network = lower(written(SIGMOID.format(init=init)))
    assert spread(network, "rectified") == pytest.approx(rectified, rel=0.02)
    assert spread(network, "squashed") == pytest.approx(squashed, rel=0.02)


def test_one_seed_draws_the_same_weights() -> None:
    graph = graph_of("resnet20")
    first, again, other = (lower(graph, seed).state_dict() for seed in (5, 5, 6))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["linear.weight"], other["linear.weight"])


def test_drawing_leaves_the_random_numbers_of_others_alone() -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    lower(graph_of("lenet5"))
    assert torch.equal(torch.rand(3), expected)


# -- what specs can say ----------------------------------------------------------------------

SHARED = """
input: {left: 3x8x8, right: 3x8x8}
layers:
  - name: tower
    from: left
    layers:
      - conv: {filters: 4, kernel: 3, padding: 1}
      - batch_norm
      - relu
  - {name: again, from: right, share: tower}
  - {name: wider, from: tower, conv: {filters: 4, kernel: 3, padding: 1}}
  - {name: dilated, share: wider, conv: {filters: 4, kernel: 3, padding: 2, dilation: 2}}
  - concat: [tower, again, wider, dilated]
"""


def test_shared_weights_are_one() -> None:
    network = lower(written(SHARED))
    assert network.get_submodule("again") is network.get_submodule("tower")
    wider, dilated = network.get_submodule("wider"), network.get_submodule("dilated")
    assert dilated.weight is wider.weight
    assert dilated.bias is wider.bias
    assert sum(p.numel() for p in network.parameters()) == (4 * 27 + 4) + 2 * 4 + (4 * 36 + 4)


TIED = """
input: {words: 1x6, image: 3x8x8}
layers:
  - {name: tokens, from: words, embedding: {vocabulary: 11, features: 8}}
  - {name: head, share: tokens, linear: 11}
  - {name: encode, from: image, conv: {filters: 4, kernel: 3}}
  - {name: decode, share: encode, conv_transpose: {filters: 3, kernel: 3}}
  - {name: flat, flatten: }
  - {name: code, linear: 5}
  - {name: back, share: code, linear: {units: 192, transposed: true, bias: false}}
  - {name: again, share: head, from: tokens}
"""


def test_lent_weights_are_one() -> None:
    network = lower(written(TIED))
    lent = {"head": "tokens", "decode": "encode", "back": "code", "again": "tokens"}
    for borrower, lender in lent.items():
        weights = [network.get_submodule(name).weight for name in (borrower, lender)]
        assert weights[0] is weights[1]
    assert network.get_submodule("again").bias is network.get_submodule("head").bias
    assert sum(p.numel() for p in network.parameters()) == (
        (11 * 8 + 11) + (4 * 27 + 4 + 3) + (5 * 192 + 5)
    )


def test_shared_weights_are_moved_together() -> None:
    network = lower(written(SHARED)).double()
    assert network.get_submodule("again").batch_norm is network.get_submodule("tower").batch_norm
    given = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    output = network.eval()(given, given)
    assert torch.equal(output[:, :4], output[:, 4:8])


ODD_NAMES = """
input: 3x8x8
layers:
  - {name: type, conv: {filters: 4, kernel: 1}}
  - {name: lambda, conv: {filters: 4, kernel: 1}}
  - {name: x, relu: }
  - {name: self, conv: {filters: 4, kernel: 1}}
  - add: {torch: x, F: [{conv: {filters: 4, kernel: 2, padding: same}}], 3x3: [tanh]}
  - {name: 1a, layers: [{conv: {filters: 4, kernel: 1}}, relu]}
  - {name: Füße, conv: {filters: 4, kernel: 1}}
  - {name: forward, repeat: 2, conv: {filters: 4, kernel: 2, padding: same}}
outputs:
  first: type
"""


def test_names_that_python_has_other_uses_for() -> None:
    network = lower(written(ODD_NAMES))
    output = network(torch.randn(1, 3, 8, 8))
    assert set(output) == {"output", "first"}
    assert {"type_.weight", "lambda_.weight", "1a.conv.weight", "forward_.1.weight"} <= set(
        network.state_dict()
    )


PREVIOUS = """
input: 4x8x8
blocks:
  cell:
    args: {skip: }
    layers:
      - add:
          last: [{conv: {filters: 4, kernel: 3, padding: half}}]
          before: [{from: skip, conv: {filters: 4, kernel: 1}}]
layers:
  - {name: stem, conv: {filters: 4, kernel: 1}}
  - {name: cells, cell: {skip: previous}, repeat: 5}
  - {name: after, cell: {skip: previous}}
"""


def test_a_repeat_that_reads_the_last_two_is_a_loop() -> None:
    graph = written(PREVIOUS)
    assert "for cell in self.cells:" in source(graph)
    network = lower(graph).eval()
    given = torch.randn(2, 4, 8, 8)
    before, last = given, network.get_submodule("stem")(given)
    for cell in [*network.get_submodule("cells"), network.get_submodule("after")]:
        summed = cell.last.conv(last) + cell.before.conv(before)
        before, last = last, summed
    assert torch.equal(network(given), last)


def test_a_network_that_passes_its_input_on() -> None:
    given = torch.randn(1, 3, 4, 4)
    assert torch.equal(lower(written("input: 3x4x4\nlayers: [identity]"))(given), given)


RESIDUAL = """
input: 3x8x8
layers:
  - name: block
    layers:
      - add:
          a: [{name: one, conv: {filters: 3, kernel: 1}}, {name: two, relu: }]
          b: [{name: three, conv: {filters: 3, kernel: 1}}, {name: four, tanh: }]
      - {name: last, relu: }
"""


def test_branches_are_let_go_when_they_are_joined() -> None:
    """What no layer reads any more takes no memory while the next one runs."""
    network = lower(written(RESIDUAL)).eval()
    made: list[weakref.ref[torch.Tensor]] = []
    found: list[bool] = []
    for branch in ("block.a.two", "block.b.four"):
        network.get_submodule(branch).register_forward_hook(
            lambda module, given, result: made.append(weakref.ref(result))
        )
    network.get_submodule("block.last").register_forward_pre_hook(
        lambda module, given: found.extend(ref() is not None for ref in made)
    )
    with torch.inference_mode():
        network(torch.zeros(1, 3, 8, 8))
    assert found == [False, False]
