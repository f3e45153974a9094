"""Every transformation of every network of the zoo: sound, equal, and true to its `expect`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import torch

from cnncalc.analysis import analyze
from cnncalc.checking.expectations import unmet
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import load, read_source
from cnncalc.runtime.converted_weights import converted
from cnncalc.runtime.lower import lower, samples
from cnncalc.transform import TRANSFORMATIONS, Nothing, Transformed
from tests.sampled import of_the_zoo
from tests.transform.networks import SPECS, agree, changed, of_zoo, outputs

pytestmark = pytest.mark.torch

FEW = {"params": 3_000_000, "macs": 60_000_000}
"""Networks that run in a moment."""

CASES = [(spec, name) for spec in SPECS for name in TRANSFORMATIONS]


@cache
def made_of(spec: str, name: str) -> Transformed | Nothing:
    return of_zoo(spec, name)


@cache
def weights_of(spec: str) -> dict[str, torch.Tensor]:
    """Of the network as it stands in the zoo, without memory."""
    return lower(load(spec), device="meta").state_dict()


@pytest.mark.parametrize(("spec", "name"), CASES)
def test_the_spec_is_sound_and_stands_alone(spec: str, name: str) -> None:
    made = made_of(spec, name)
    kinds = {"fold-batch-norm": {"batch_norm"}, "fc-to-conv": {"linear"}, "conv-to-fc": {"conv"}}
    if isinstance(made, Nothing):
        left = {node for one in made.left for node in one.nodes}
        concerned = {node for node in made.old.layers if node.kind in kinds[name]}
        assert left == concerned or name != "fold-batch-norm"
        return
    diagnostics = Diagnostics()
    nowhere = Path("/nowhere/spec.yaml")
    graph = read_source(Source("spec.yaml", made.text), nowhere, diagnostics)
    assert graph
    assert not list(diagnostics)
    assert list(unmet(analyze(graph))) == []
    assert graph.name.startswith(made.old.name)
    assert len(graph.name) > len(made.old.name)
    assert {node.kind for node in made.done} <= kinds[name]


@pytest.mark.parametrize(("spec", "name"), CASES)
def test_what_is_counted(spec: str, name: str) -> None:
    """Folding takes 2C parameters and 2C + 1 buffers of each batch norm of C channels, and gives C
    biases where there was none; the other transformations move no number."""
    made = made_of(spec, name)
    if isinstance(made, Nothing):
        return
    old, new = analyze(made.old).totals, analyze(made.new).totals
    assert old.ops.macs == new.ops.macs
    assert old.params.total + old.params.buffers >= new.params.total + new.params.buffers
    if name != "fold-batch-norm":
        assert old.params == new.params
        return
    owners = [node for node in made.done if not node.shares]
    channels = [node.shape[0] for node in owners]
    unbiased = [n.shape[0] for n in owners if not n.inputs[0].layer.values()["bias"]]  # type: ignore[union-attr]
    affine = [n.shape[0] for n in owners if n.layer.values()["affine"]]  # type: ignore[union-attr]
    assert old.params.total - new.params.total == 2 * sum(affine) - sum(unbiased)
    assert old.params.buffers - new.params.buffers == sum(2 * c + 1 for c in channels)
    assert old.layers - new.layers == len(made.done)


# ResNet-1202 is ResNet-110 with more of the same, and takes long to build
@pytest.mark.parametrize("spec", of_the_zoo(SPECS))
@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_the_weights_follow(spec: str, name: str) -> None:
    """By numbers where that is quick, else by shapes."""
    made = made_of(spec, name)
    if isinstance(made, Nothing):
        return
    totals = analyze(made.old).totals
    if totals.params.total <= FEW["params"] and totals.ops.macs <= FEW["macs"]:
        agree(made)
        return
    state = converted(made, weights_of(spec))
    network = lower(made.new, device="meta").eval()
    network.load_state_dict(state, strict=True, assign=True)
    heads = made.new.heads
    with torch.inference_mode():
        given = outputs(network(*samples(made.new, 2, "meta")))
    assert {n: t.shape for n, t in given.items()} == {n: (2, *h.shape) for n, h in heads.items()}


SMALL = [
    ("resnet18", "fold-batch-norm", "3x32x32"),
    ("resnet50", "fold-batch-norm", "3x32x32"),
    ("densenet121", "fold-batch-norm", "3x32x32"),
    ("mobilenet_v2", "fold-batch-norm", "3x32x32"),
    ("shufflenet_v1", "fold-batch-norm", "3x32x32"),
    ("audio_m5", "fold-batch-norm", "1x4000"),
    ("vgg11", "fc-to-conv", "3x64x96"),
    ("vgg16", "fc-to-conv", "3x64x64"),
    ("alexnet", "fc-to-conv", "3x131x99"),
    ("resnet18", "fc-to-conv", "3x64x64"),
    ("c3d", "fc-to-conv", "3x16x32x32"),
]


@pytest.mark.parametrize(("spec", "name", "shape"), SMALL)
def test_large_networks_on_small_inputs(spec: str, name: str, shape: str) -> None:
    path = SPECS[spec]
    if "extends" in path.read_text(encoding="utf-8"):
        text = f"extends: {path.name}\ninput: {shape}\n"
    else:
        text = re.sub(r"^input: .*$", f"input: {shape}", path.read_text(), flags=re.MULTILINE)
        text = re.sub(r"\b4096\b", "64", text)
    agree(changed(text, name, path.with_name("small.yaml")))


@pytest.mark.parametrize("spec", ["vgg16", "alexnet", "lenet5", "resnet18", "mlp", "cifar_maxout"])
def test_larger_images_are_accepted(spec: str) -> None:
    """The scores of a larger image are a map, whose first place sees what the network saw."""
    made = made_of(spec, "fc-to-conv")
    assert isinstance(made, Transformed)
    channels, *sizes = next(iter(made.old.inputs.values())).shape
    larger = "x".join(map(str, (channels, *(2 * size for size in sizes))))
    text = re.sub(r"^input: .*$", f"input: {larger}", made.text, flags=re.MULTILINE)
    graph = read_source(Source("larger", text), Path("larger"), Diagnostics())
    assert graph
    pooled = spec == "resnet18"
    assert (graph.output.shape[1:] == (1, 1)) == pooled
    with torch.device("meta"):
        assert (
            lower(graph, device="meta")(*samples(graph, 1, "meta")).shape[1:] == graph.output.shape
        )


@pytest.mark.parametrize("spec", ["vgg16", "alexnet", "zfnet"])
def test_there_and_back(spec: str) -> None:
    """Back comes the author's text, to the letter."""
    made = made_of(spec, "fc-to-conv")
    assert isinstance(made, Transformed)
    assert changed(made.text, "conv-to-fc").text == SPECS[spec].read_text(encoding="utf-8")


FOLDED = {
    # batch norms, channels of all of them
    "resnet50": (53, 26_560),
    "resnet18": (20, 4_800),
    "densenet121": (59, 64 + 58 * 128),
    "mobilenet_v2": (52, 17_056),
    "dcgan_generator": (4, 512 + 256 + 128 + 64),
    "audio_m5": (4, 128 + 128 + 256 + 512),
}


@pytest.mark.parametrize("spec", FOLDED)
def test_published_counts_of_batch_norms(spec: str) -> None:
    count, channels = FOLDED[spec]
    made = made_of(spec, "fold-batch-norm")
    assert isinstance(made, Transformed)
    assert (len(made.done), sum(n.shape[0] for n in made.done)) == (count, channels)
