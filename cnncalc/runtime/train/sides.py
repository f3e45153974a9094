"""A network that trains, and how."""

from __future__ import annotations

import torch
from torch import nn

from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.train import optimizers


class Side(NamedTuple):
    """One of the networks of a training: there are two that take turns, or it is alone."""

    graph: Graph
    network: nn.Module
    recipe: Recipe

    def optimizer(self) -> torch.optim.Optimizer:
        """The recipe's, over what trains."""
        return optimizers.optimizer(*self)
