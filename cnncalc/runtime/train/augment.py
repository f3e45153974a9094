"""Chance changes of images and sequences, as operations on a batch of them."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.network.recipe import Augment
from cnncalc.runtime.train.losses import UNKNOWN

(FLIP, UPSIDE, DOWN, RIGHT, TOP, LEFT, TURN, SIZE, SHADE, RED, GREEN, BLUE) = range(12)
(SLANT, LOUD, SPEED, STRETCH, PITCH, SQUEEZE) = range(12, 18)
"""What each number that is drawn for an image decides."""

PLACES = 3
"""Places along each axis that an elastic change moves (Ronneberger et al. 2015, section 3.1)."""

BENDS = slice(18, 18 + 2 * PLACES**2)
DRAWS = BENDS.stop

NEAREST = 1e-6
"""A draw of 0 would be a normal number without bound."""

IMAGES = ("flip", "crop", "rotation", "zoom", "shear", "elastic", "shade", "colour")
SEQUENCES = ("speed", "stretch", "pitch", "compression")
"""What changes only the one or the other."""

MOVING = (
    *("flip", "crop", "shift", "rotation", "zoom", "shear", "elastic"),
    *("speed", "stretch", "cutmix"),
)
"""What changes places."""


def draw(count: int, generator: torch.Generator, values: int = 0) -> Tensor:
    """The numbers that decide what happens to each image, from 0 to 1, and behind them `values`
    normal ones, where there is noise: count x (DRAWS + values)."""
    numbers = [
        torch.rand(count, more, generator=generator) for more in (BLUE + 1, DRAWS - BLUE - 1)
    ]
    if values:
        numbers.append(torch.randn(count, values, generator=generator))
    return torch.cat(numbers, dim=1)


def foreign(augment: Augment, axes: int) -> str | None:
    """The first change that a network with an input of so many axes has nothing for."""
    unknown = {3: SEQUENCES, 2: IMAGES}.get(axes, (*MOVING, *IMAGES, *SEQUENCES))
    return next((name for name in unknown if _changes(augment, name)), None)


def _changes(augment: Augment, name: str) -> bool:
    return bool(getattr(augment, name) != getattr(Augment(), name))


def augmented(images: Tensor, augment: Augment, draws: Tensor) -> Tensor:
    """N x C x H x W images, changed as their `draws` say."""
    images = placed(images, augment, draws, "bilinear")
    if augment.shade:
        images = images * _around_one(draws[:, SHADE : SHADE + 1], augment.shade)
    if augment.colour:
        factors = _around_one(draws[:, RED : BLUE + 1], augment.colour)
        channels = torch.arange(images.shape[1], device=images.device) % 3
        images = images * factors[:, channels]
    return noisy(images, augment, draws)


def placed(images: Tensor, augment: Augment, draws: Tensor, mode: str) -> Tensor:
    """With each pixel in its new place; `mode` says what is taken between pixels."""
    images = _flipped(images, augment.flip, draws)
    if augment.crop:
        images = _cropped(images, augment.crop, draws)
    if any((augment.shift, augment.rotation, augment.zoom, augment.shear, augment.elastic)):
        images = _moved(images, augment, draws, mode)
    return images


def placed_labels(labels: Tensor, augment: Augment, draws: Tensor) -> Tensor:
    """A label for each pixel, where its pixel went; none where there was none: N x H x W."""
    found = placed((labels[:, None] + 1).double(), augment, draws.double(), "nearest")
    found = found[:, 0].round().long() - 1
    return torch.where(found < 0, UNKNOWN, found)


def moves(augment: Augment) -> bool:
    """Whether pixels, or steps, change their places."""
    return any(_changes(augment, name) for name in MOVING)


def noisy(values: Tensor, augment: Augment, draws: Tensor) -> Tensor:
    """With noise, each sample's of a deviation of its own."""
    if not augment.noise:
        return values
    deviation = draws[:, LOUD].view(-1, *(1 for _ in values.shape[1:])) * augment.noise
    return values + deviation * draws[:, DRAWS:].view_as(values)


def _flipped(images: Tensor, flip: str, draws: Tensor) -> Tensor:
    for word, axis, number in (("horizontal", 3, FLIP), ("vertical", 2, UPSIDE)):
        if flip in (word, "both"):
            chosen = (draws[:, number] < 0.5).view(-1, 1, 1, 1)
            images = torch.where(chosen, images.flip(axis), images)
    return images


def _cropped(images: Tensor, margin: int, draws: Tensor) -> Tensor:
    """Each from its own place of itself with a black margin."""
    count, _, height, width = images.shape
    wide = F.pad(images, (margin,) * 4)
    choices = 2 * margin + 1
    top, left = ((draws[:, n] * choices).long().clamp(max=choices - 1) for n in (TOP, LEFT))
    rows = top[:, None] + torch.arange(height, device=images.device)
    columns = left[:, None] + torch.arange(width, device=images.device)
    number = torch.arange(count, device=images.device)[:, None, None]
    return wide[number, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _moved(images: Tensor, augment: Augment, draws: Tensor, mode: str) -> Tensor:
    """Turned, slanted, made larger or smaller, shifted and bent, in one interpolation."""
    height, width = images.shape[2:]
    angle = around_zero(draws[:, TURN]) * math.radians(augment.rotation)
    zoom = 1 + around_zero(draws[:, SIZE]) * augment.zoom
    down, right = (around_zero(draws[:, n]) * 2 * augment.shift for n in (DOWN, RIGHT))
    cosine, sine = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    # from -1 to 1 is the height in one axis, the width in the other: a turn must not shear
    slant = torch.tan(around_zero(draws[:, SLANT]) * math.radians(augment.shear))
    across = torch.stack([cosine, (slant * cosine - sine) * height / width, -right], dim=1)
    along = torch.stack([sine * width / height, cosine + slant * sine, -down], dim=1)
    grid = F.affine_grid(torch.stack([across, along], dim=1), list(images.shape), False)
    if augment.elastic:
        grid = grid + _bends(draws, height, width) * augment.elastic
    return F.grid_sample(images, grid, mode=mode, align_corners=False)


def _bends(draws: Tensor, height: int, width: int) -> Tensor:
    """By how much each pixel is moved, as a share of half the size: N x H x W x 2; at the places,
    by a normal number of pixels, between them by cubics."""
    chances = draws[:, BENDS].clamp(NEAREST, 1 - NEAREST)
    normal = math.sqrt(2) * torch.erfinv(around_zero(chances))
    coarse = normal.view(-1, 2, PLACES, PLACES)
    fine = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=True)
    return fine.permute(0, 2, 3, 1) * fine.new_tensor([2 / width, 2 / height])


def around_zero(draws: Tensor) -> Tensor:
    """From -1 to 1."""
    return 2 * draws - 1


def _around_one(draws: Tensor, share: float) -> Tensor:
    return (1 + around_zero(draws) * share)[:, :, None, None]
