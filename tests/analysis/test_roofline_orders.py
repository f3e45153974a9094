"""Where bounds take maps to lie channel by channel, PyTorch has them so."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cnncalc import load
from cnncalc.analysis.roofline import works
from cnncalc.network.graph import Node
from cnncalc.network.names import module_path
from cnncalc.runtime.lower import lower, samples
from cnncalc.zoo import networks
from tests.together import in_groups, slices

pytestmark = pytest.mark.torch

QUICK = ("sagan_discriminator", "swin_t", "coatnet_0", "mobilevit_s", "yolo11n", "shufflenet_v1")
"""Of maps that were sequences, and were not."""


def in_order(name: str) -> None:
    """Convolutions and pools have rates of either order."""
    graph = load(name)
    network = lower(graph, device="meta").eval()
    done = works(graph, 1, 4)
    seen: set[Node] = set()

    def look(module: nn.Module, node: Node) -> None:
        def before(_module: nn.Module, given: tuple[Tensor, ...]) -> None:
            seen.add(node)
            assert done[node].turned or given[0].is_contiguous(), node.path

        module.register_forward_pre_hook(before)

    wanted = {node for node, work in done.items() if work.filters or work.compared or work.added}
    for node in wanted:
        look(network.get_submodule(module_path(node.path)), node)
    with torch.inference_mode():
        network(*samples(graph, 1, "meta"))
    assert seen == wanted


@in_groups(slices(QUICK, 2))
def test_orders_of_a_sample_of_the_zoo(name: str) -> None:
    in_order(name)


@pytest.mark.thorough
@in_groups(slices(sorted(networks()), 8))
def test_orders_of_the_zoo(name: str) -> None:
    in_order(name)
