"""Transforming specs in tests, and running both forms of a network."""

from __future__ import annotations

from pathlib import Path

import torch

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.network.graph import Graph
from cnncalc.runtime.converted_weights import converted
from cnncalc.runtime.lower import lower, samples
from cnncalc.transform import TRANSFORMATIONS, Nothing, Transformed, transform
from cnncalc.zoo import networks

SPECS = networks()


def made_of(text: str, name: str, path: Path = Path("spec.yaml")) -> Transformed | Nothing:
    """What a transformation makes of a sound spec."""
    diagnostics = Diagnostics()
    made = transform(TRANSFORMATIONS[name], Source(str(path), text), path, diagnostics)
    assert made, [diagnostic.message for diagnostic in diagnostics]
    return made


def changed(text: str, name: str, path: Path = Path("spec.yaml")) -> Transformed:
    """The same, where it changes something."""
    made = made_of(text, name, path)
    assert isinstance(made, Transformed), [str(left.reason) for left in made.left]
    return made


def of_zoo(spec: str, name: str) -> Transformed | Nothing:
    """What a transformation makes of a network of the zoo."""
    return made_of(SPECS[spec].read_text(encoding="utf-8"), name, SPECS[spec])


def trained(graph: Graph, seed: int = 0) -> torch.nn.Module:
    """The lowered network in double precision, as if trained: every normalisation has statistics
    and a scale of its own, some of them negative."""
    network = lower(graph, seed).double().eval()
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_mean"):
            tensor.normal_(generator=generator)
        elif name.endswith("running_var"):
            tensor.uniform_(0.3, 3, generator=generator)
        elif tensor.dim() == 1 and tensor.dtype.is_floating_point:
            tensor.add_(torch.randn(tensor.shape, generator=generator).double() / 2)
    return network


@torch.no_grad()
def agree(made: Transformed) -> None:
    """Both forms give the same numbers, the second with the weights of the first."""
    first = trained(made.old)
    second = lower(made.new, seed=1).double().eval()
    second.load_state_dict(converted(made, first.state_dict()), strict=True)
    given = [x.double() if x.is_floating_point() else x for x in samples(made.old, 2)]
    wanted, found = (outputs(network(*given)) for network in (first, second))
    assert wanted.keys() == found.keys()
    for name, tensor in wanted.items():
        assert tensor.std() > 0
        torch.testing.assert_close(found[name].reshape(tensor.shape), tensor, rtol=1e-9, atol=1e-9)


def outputs(given: torch.Tensor | dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """By name."""
    return given if isinstance(given, dict) else {"output": given}
