"""Chance changes of images, as operations on a batch of them."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.network.recipe import Augment

(FLIP, UPSIDE, DOWN, RIGHT, TOP, LEFT, TURN, SIZE, SHADE, RED, GREEN, BLUE) = range(12)
"""What each number that is drawn for an image decides."""

DRAWS = 12


def draw(count: int, generator: torch.Generator) -> Tensor:
    """The numbers that decide what happens to each image: count x DRAWS, from 0 to 1."""
    return torch.rand(count, DRAWS, generator=generator)


def augmented(images: Tensor, augment: Augment, draws: Tensor) -> Tensor:
    """N x C x H x W images, changed as their `draws` say; N x DRAWS."""
    images = _flipped(images, augment.flip, draws)
    if augment.crop:
        images = _cropped(images, augment.crop, draws)
    if augment.shift or augment.rotation or augment.zoom:
        images = _moved(images, augment, draws)
    if augment.shade:
        images = images * _around_one(draws[:, SHADE : SHADE + 1], augment.shade)
    if augment.colour:
        factors = _around_one(draws[:, RED : BLUE + 1], augment.colour)
        channels = torch.arange(images.shape[1], device=images.device) % 3
        images = images * factors[:, channels]
    return images


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


def _moved(images: Tensor, augment: Augment, draws: Tensor) -> Tensor:
    """Turned, made larger or smaller, and shifted, in one interpolation."""
    height, width = images.shape[2:]
    angle = _around_zero(draws[:, TURN]) * math.radians(augment.rotation)
    zoom = 1 + _around_zero(draws[:, SIZE]) * augment.zoom
    down, right = (_around_zero(draws[:, n]) * 2 * augment.shift for n in (DOWN, RIGHT))
    cosine, sine = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    # from -1 to 1 is the height in one axis, the width in the other: a turn must not shear
    across = torch.stack([cosine, -sine * height / width, -right], dim=1)
    along = torch.stack([sine * width / height, cosine, -down], dim=1)
    grid = F.affine_grid(torch.stack([across, along], dim=1), list(images.shape), False)
    return F.grid_sample(images, grid, align_corners=False)


def _around_zero(draws: Tensor) -> Tensor:
    return 2 * draws - 1


def _around_one(draws: Tensor, share: float) -> Tensor:
    return (1 + _around_zero(draws) * share)[:, :, None, None]
