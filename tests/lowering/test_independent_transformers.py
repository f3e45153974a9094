"""BERT and GPT-2, small, against implementations of their papers that share nothing with ours."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cnncalc.language.load import load
from cnncalc.runtime.lower import lower
from tests.lowering import independent_transformers as independent
from tests.lowering.independent_transformers import Tensors

pytestmark = pytest.mark.torch

SMALL = {"steps": 9, "vocabulary": 11, "width": 12, "depth": 3, "heads": 3}


def prepared(spec: str) -> nn.Module:
    """A small network in doubles, no weight what it began as."""
    network = lower(load(spec, args=SMALL), seed=1).double().eval()
    generator = torch.Generator().manual_seed(2)
    for parameter in network.parameters():
        parameter.data.normal_(0.0, 0.5, generator=generator)
    return network


def drawn(below: int) -> Tensor:
    """Indices of two samples."""
    return torch.randint(below, (2, SMALL["steps"]), generator=torch.Generator().manual_seed(3))


@torch.no_grad()
def test_bert() -> None:
    network, pieces, sentences = prepared("bert_base"), drawn(SMALL["vocabulary"]), drawn(2)
    found = network(pieces[:, None], sentences[:, None])
    tensors = Tensors(network.state_dict())
    pooled, states = independent.bert(tensors, pieces, sentences, SMALL["heads"])
    torch.testing.assert_close(found["output"], pooled)
    torch.testing.assert_close(found["states"], states.transpose(1, 2))


@torch.no_grad()
def test_gpt2() -> None:
    network, pieces = prepared("gpt2"), drawn(SMALL["vocabulary"])
    scores = independent.gpt2(Tensors(network.state_dict()), pieces, SMALL["heads"])
    torch.testing.assert_close(network(pieces[:, None]), scores.transpose(1, 2))


@torch.no_grad()
def test_gpt2_sees_nothing_of_what_follows() -> None:
    network, pieces = prepared("gpt2"), drawn(SMALL["vocabulary"])
    other = pieces.clone()
    other[:, 5] = (other[:, 5] + 1) % SMALL["vocabulary"]
    scores, changed = network(pieces[:, None]), network(other[:, None])
    assert torch.equal(scores[..., :5], changed[..., :5])
    assert not torch.allclose(scores[..., 5:], changed[..., 5:])
