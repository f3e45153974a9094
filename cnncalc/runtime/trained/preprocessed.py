"""A network that normalises what it reads as its training did."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from cnncalc.network.graph import Graph
from cnncalc.runtime.reading import ReadError
from cnncalc.runtime.sealed import OWN, contents, is_own
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.fitting_data import Normalisation, input_shape
from cnncalc.runtime.trained.trained_network import normalisation_said


def preprocessed(network: nn.Module, graph: Graph, checkpoint: Path) -> nn.Module:
    """The network behind the normalisation that a checkpoint says: it reads values from 0 to 1.
    Raises TrainError."""
    shape = input_shape(graph)
    try:
        found, _, sealed = contents(checkpoint)
        if not is_own(found) or not sealed:
            raise ReadError("does not say how images were normalised: no `cnncalc train` wrote it")
        how = normalisation_said(found[OWN], shape)
    except ReadError as error:
        raise TrainError(f"`{checkpoint}` {error}") from None
    return Preprocessed(network, how, len(shape)).eval()


class Preprocessed(nn.Module):
    """Less the mean and over the deviation of each channel, then the network."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, network: nn.Module, how: Normalisation, axes: int) -> None:
        super().__init__()
        self.network = network
        each = (1, -1, *[1] * (axes - 1)) if axes > 1 else (1, 1)
        for name, values in how._asdict().items():
            self.register_buffer(name, torch.tensor(values).view(each))

    def forward(self, given: Tensor) -> Tensor | dict[str, Tensor]:
        """Of N x what the network reads."""
        found: Tensor | dict[str, Tensor] = self.network((given - self.mean) / self.deviation)
        return found
