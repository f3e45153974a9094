"""Networks of ours as ONNX files, imported again: what they count, and what their layers are; batch
norms are folded into the convolutions before them by the exporter, and dropout is left out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch

pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

from cnncalc.analysis.ops import count_ops
from cnncalc.analysis.params import count_params
from cnncalc.api import load
from cnncalc.importing.checked import ImportingError
from cnncalc.network.graph import Graph
from cnncalc.runtime.importing.imported_model import of_onnx
from cnncalc.runtime.lower import lower
from cnncalc.runtime.onnx.to_onnx import write_onnx
from cnncalc.zoo import networks
from tests.sampled import sampled

QUICK = ("resnet8", "lstm")

FOLDED = ("batch_norm", "dropout", "identity")
"""Kinds that are not in the file: the exporter folds them, and leaves out what does nothing."""

REFUSED = {
    "neocognitron": "its fixed weights are repeated along the planes",
    "lenet5_1998": "its table of connections is gathered and scattered",
    "rnn": "its biases are added to one another",
    "neuraltalk": "its cells are unrolled",
    "lstmp": "its cells are unrolled",
    "maxvit_t": "its windows are cut from more axes than a spec has",
}
"""Networks whose files cannot be said yet, and why."""

EXPANDED = ("coatnet_0", "swin_t")
"""Networks whose tables of attention the exporter writes out, a number for each pair of steps."""


COMPUTED = {"weightnorm_cnn": 96 + 10, "weightnorm_cnn_both": 96 + 10}
"""Networks of which the exporter computes two small weights; the lengths of their filters, of the
first layer and the last, are not in the file."""


def imported_again(graph: Graph, file: Path) -> Graph:
    """The graph of what is written of one, with weights of which none are alike or zero."""
    torch.manual_seed(0)
    network = lower(graph).eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn_like(weight) * 0.02)
    write_onnx(graph, network, file)
    return of_onnx(str(file), []).graph


def total(graph: Graph) -> int:
    return sum(each.total for each in count_params(graph).values())


def macs(graph: Graph) -> int:
    return sum(each.macs for each in count_ops(graph).values())


def kinds(graph: Graph) -> Counter[str]:
    return Counter(node.kind for node in graph.layers if node.kind not in FOLDED)


def folded(graph: Graph) -> int:
    """Parameters of batch norms, of which a bias stays for each convolution that has none."""
    counts = count_params(graph)
    norms = [node for node in graph.layers if node.kind == "batch_norm"]
    biases = sum(node.shape[0] for node in norms if not getattr(node.inputs[0].layer, "bias", True))
    return sum(counts[node].total for node in norms) - biases


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.thorough]) for n in networks()],
)
def test_networks(name: str, tmp_path: Path) -> None:
    graph = load(name)
    if name in REFUSED:
        with pytest.raises(ImportingError):
            imported_again(graph, tmp_path / "x.onnx")
        return
    found = imported_again(graph, tmp_path / "x.onnx")
    assert macs(found) == macs(graph)
    assert [each.shape for each in found.heads.values()] == [
        each.shape for each in graph.heads.values()
    ]
    if name in EXPANDED:
        assert total(found) > total(graph) - folded(graph)
    else:
        lost = folded(graph) + COMPUTED.get(name, 0)
        assert total(graph) >= total(found) >= total(graph) - lost


@pytest.mark.parametrize("name", sampled(["lenet5", "ds_cnn", "resnet8"], 2))
def test_layers_and_parameters_of_those_that_are_folded_whole(name: str, tmp_path: Path) -> None:
    graph = load(name)
    found = imported_again(graph, tmp_path / "x.onnx")
    assert kinds(found) == kinds(graph)
    assert total(found) == total(graph) - folded(graph)
