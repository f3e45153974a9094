"""Where ONNX files come from: our networks, torchvision's by both exporters, a folder."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

GIVEN = Path(__file__).parent / "given.csv"

LARGEST = 200_000_000
"""Parameters of a network that is tried."""

MODELS = (
    "alexnet",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "efficientnet_v2_s",
    "googlenet",
    "inception_v3",
    "maxvit_t",
    "mnasnet1_0",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "regnet_y_400mf",
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "shufflenet_v2_x1_0",
    "squeezenet1_0",
    "swin_t",
    "vgg11_bn",
    "vit_b_16",
)
"""Of torchvision's, one of each family that classifies."""

EXPORTERS = ("dynamo", "torchscript")


class WrittenFile(NamedTuple):
    """A file to import, and the module that it was written of, where there is one.

    shapes, values: of its inputs, where it needs them
    macs: of one sample, as whoever has made the module counts them
    """

    path: Path
    shapes: Sequence[tuple[int, ...]] = ()
    values: Mapping[str, Any] = {}
    module: nn.Module | None = None
    macs: int | None = None


class TooLargeError(Exception):
    """A network that this machine is not asked to hold; the text says how large it is."""


def of_stranger(path: Path) -> WrittenFile:
    """A file that is there."""
    with GIVEN.open(newline="") as file:
        for row in csv.DictReader(file):
            if path.as_posix().endswith(row["file"]):
                shapes = [tuple(map(int, each.split("x"))) for each in row["inputs"].split()]
                values = dict(each.split("=") for each in row["values"].split())
                return WrittenFile(path, shapes, {n: float(v) for n, v in values.items()})
    return WrittenFile(path)


def zoo_names() -> list[str]:
    """Our networks."""
    from cnncalc.zoo import networks

    return list(networks())


def of_zoo(name: str, folder: Path) -> WrittenFile:
    """One of them, exported with weights of which none are alike."""
    from cnncalc.analysis.ops import count_ops
    from cnncalc.analysis.params import count_params
    from cnncalc.api import load
    from cnncalc.runtime.lower import lower
    from cnncalc.runtime.onnx.to_onnx import write_onnx

    graph = load(name)
    params = sum(each.total for each in count_params(graph).values())
    if params > LARGEST:
        raise TooLargeError(f"{params:,} params")
    module = drawn(lower(graph))
    path = folder / "network.onnx"
    write_onnx(graph, module, path)
    macs = sum(each.macs for each in count_ops(graph).values())
    return WrittenFile(path, module=module, macs=macs)


def torchvision_names() -> list[str]:
    """A model and its exporter."""
    return [f"{name} {exporter}" for name in MODELS for exporter in EXPORTERS]


def of_torchvision(name: str, folder: Path) -> WrittenFile:
    """One of torchvision's models by one of PyTorch's exporters."""
    from benchmarks.imports.libraries import made
    from cnncalc.runtime.importing.counting import counted

    model, exporter = name.split()
    module, shape = made("torchvision", model)
    module = drawn(module)
    path = folder / "model.onnx"
    given = torch.randn(2, *shape)
    with torch.no_grad():
        EXPORTED_BY[exporter](module, given, path)
    return WrittenFile(path, module=module, macs=counted(module, (given[:1],)).macs)


def _by_dynamo(module: nn.Module, given: torch.Tensor, path: Path) -> None:
    batch = torch.export.Dim("batch")
    torch.onnx.export(
        module, (given,), str(path), dynamo=True, verbose=False, dynamic_shapes=({0: batch},)
    )


def _by_torchscript(module: nn.Module, given: torch.Tensor, path: Path) -> None:
    torch.onnx.export(
        module,
        (given,),
        str(path),
        dynamo=False,
        opset_version=17,
        input_names=["x"],
        dynamic_axes={"x": {0: "batch"}},
    )


EXPORTED_BY: Mapping[str, Callable[[nn.Module, torch.Tensor, Path], None]] = {
    "dynamo": _by_dynamo,
    "torchscript": _by_torchscript,
}


def drawn(module: nn.Module) -> nn.Module:
    """With weights and statistics of which none are alike, and which keep numbers as they are."""
    torch.manual_seed(0)
    with torch.no_grad():
        for name, buffer in module.named_buffers():
            if name.endswith("running_var"):
                buffer.uniform_(0.8, 1.2)
            elif name.endswith("running_mean"):
                buffer.normal_(0, 0.1)
        for weight in module.parameters():
            scale: Any = weight.std() if weight.numel() > 1 else weight.abs()
            weight.add_(torch.randn_like(weight) * (0.05 * scale.nan_to_num() + 0.01))
    return module.eval()
