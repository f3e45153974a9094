"""What a training is made of: its data, the networks that train."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph
from cnncalc.network.recipe import Recipe
from cnncalc.records import NamedTuple
from cnncalc.runtime.train import optimizers
from cnncalc.runtime.train.data.images import Data
from cnncalc.runtime.train.fitting_data import Normalisation


class Material(NamedTuple):
    """The data, and which of its images are trained and which validated on.

    validation: indices in the data's own images to validate on, or else in those to train on
    """

    data: Data
    training: Tensor
    validation: Tensor
    normalisation: Normalisation

    def counts(self) -> dict[str, Any]:
        """How many images are used for what, and which set they are from."""
        test = self.data.test
        return {
            "training": len(self.training),
            "validation": len(self.validation),
            "test": len(test.labels) if test else 0,
            "from": dict(self.data.named),
        }


class Side(NamedTuple):
    """A network that trains, and how."""

    graph: Graph
    network: nn.Module
    recipe: Recipe

    def optimizer(self) -> torch.optim.Optimizer:
        """The recipe's, over what trains."""
        return optimizers.optimizer(*self)
