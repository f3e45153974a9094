"""`cnncalc explain SPEC LAYER --weights FILE -o filters.png`: the filters, pixel by pixel."""

from __future__ import annotations

from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from cnncalc import loads
from cnncalc.runtime.lower import lower
from tests.commands.conftest import Run

pytestmark = pytest.mark.torch

LAYERS = {  # layer behind an input, and the pictures of its weight: what a tile shows
    "grey": ("1x9x9", "{name: a, conv: {filters: 5, kernel: 3}}", (1, 3, 3)),
    "colour": ("3x9x9", "{name: a, conv: {filters: 6, kernel: 4x2}}", (3, 4, 2)),
    "channels": ("4x9x9", "{name: a, conv: {filters: 2, kernel: 3}}", (1, 3, 3)),
    "signal": ("2x9", "{name: a, conv: {filters: 3, kernel: 5}}", (1, 1, 5)),
    "templates": ("3x8x6", "flatten, {name: a, linear: 7}", (3, 8, 6)),
    "large": ("1x50x50", "{name: a, conv: {filters: 2, kernel: 40}}", (1, 40, 40)),
    "weight norm": (
        "1x9x9",
        "{name: a, conv: {filters: 4, kernel: 3, weight_norm: true}}",
        (1, 3, 3),
    ),
}


def saved(folder: Path, shape: str, layers: str) -> tuple[Any, str, str]:
    """The network, its spec, and a file of its weights."""
    text = f"input: {shape}\nlayers: [{layers}]\n"
    network = lower(loads(text), seed=3)
    torch.save(network.state_dict(), folder / "net.pt")
    (folder / "net.yaml").write_text(text)
    return network, str(folder / "net.yaml"), str(folder / "net.pt")


@pytest.mark.parametrize("case", LAYERS)
def test_each_filter_is_a_tile(case: str, cnncalc: Run, tmp_path: Path) -> None:
    shape, layers, (channels, height, width) = LAYERS[case]
    network, spec, weights = saved(tmp_path, shape, layers)
    picture = tmp_path / "filters.png"
    shown = cnncalc("explain", spec, "a", "--weights", weights, "-o", str(picture))
    assert shown.returncode == 0, shown.stderr
    weight = network.a.weight.detach().double().numpy()
    found = f"from {weight.min():.3g} to {weight.max():.3g}, mean {weight.mean():.3g}"
    assert f"{found}, deviation {weight.std():.3g}\n" in shown.stdout

    with Image.open(picture) as drawing:
        pixels = np.asarray(drawing, dtype=float).reshape(drawing.height, drawing.width, -1)
    own = np.abs(weight).reshape(len(weight), -1).max(1)
    reads = weight.size // (len(weight) * channels * height * width)
    tiles = weight.reshape(len(weight) * reads, channels, height, width)
    columns = ceil(sqrt(len(tiles))) if reads == 1 else reads
    zoom = max(1, ceil(32 / max(height, width)))
    assert pixels.shape[0] == 2 + ceil(len(tiles) / columns) * (height * zoom + 2)
    assert pixels.shape[1] == 2 + columns * (width * zoom + 2)
    for number, tile in enumerate(tiles):
        top = 2 + number // columns * (height * zoom + 2)
        left = 2 + number % columns * (width * zoom + 2)
        drawn = pixels[top : top + height * zoom, left : left + width * zoom]
        expected = 255 * (tile / own[number // reads] + 1) / 2
        expected = np.kron(expected.transpose(1, 2, 0), np.ones((zoom, zoom, 1)))
        assert np.abs(drawn - expected).max() <= 0.51
    assert (pixels[:2] == 255).all()


@pytest.mark.parametrize(
    ("layers", "arguments", "says"),
    [
        ("{name: a, conv: {filters: 2, kernel: 3}}", ["a"], "--output draws filters: it wants"),
        ("relu", ["relu", "--weights", "net.pt"], "`relu` has no `weight`"),
        ("flatten, relu, {name: a, linear: 3}", ["a", "--weights", "net.pt"], "is no filters"),
        ("{name: a, conv: {filters: 65, kernel: 1}}, {name: b, conv: {filters: 65, kernel: 1}}",
         ["b", "--weights", "net.pt"], "4,225 pictures of 1x1 are too many"),
        ("{name: a, conv: 2x3}", ["a", "--weights", "gone.pt"], "there is no file of weights"),
        ("{name: a, conv: {filters: 2, kernel: 3}}", ["--weights", "net.pt"], "wants a layer, too"),
        ("{name: a, layers: [{conv: {filters: 2, kernel: 3}}]}", ["a", "--weights", "net.pt"],
         "`a` is a group"),
    ],
)  # fmt: skip
def test_what_has_no_filters(
    layers: str, arguments: list[str], says: str, cnncalc: Run, tmp_path: Path
) -> None:
    if "2x3" not in layers:
        saved(tmp_path, "1x9x9", layers)
    shown = cnncalc("explain", "./net.yaml", *arguments, "-o", "x.png", folder=tmp_path)
    assert shown.returncode == 2
    assert says in shown.stderr
    assert not (tmp_path / "x.png").exists()


def test_filters_are_a_picture(cnncalc: Run, tmp_path: Path) -> None:
    _, spec, weights = saved(tmp_path, "1x9x9", "{name: a, conv: {filters: 2, kernel: 3}}")
    shown = cnncalc("explain", spec, "a", "--weights", weights, "-o", str(tmp_path / "x.csv"))
    assert shown.returncode == 2
    assert "--output draws a picture, .png, .jpg" in shown.stderr


def test_weights_of_another_network_are_refused(cnncalc: Run, tmp_path: Path) -> None:
    saved(tmp_path, "1x9x9", "{name: a, conv: {filters: 2, kernel: 3}}")
    shown = cnncalc("explain", "lenet5", "C1", "--weights", str(tmp_path / "net.pt"))
    assert shown.returncode == 2
    assert "it lacks `C1.weight`, `C1.bias`" in shown.stderr
