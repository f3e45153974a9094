"""Slanted, bent and noisy images, changed sequences, and values before a network: each held
against a formula of its own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from cnncalc.network.recipe import Augment
from cnncalc.runtime.train import augment as places
from cnncalc.runtime.train.augment import DRAWS, augmented, draw, placed_labels
from cnncalc.runtime.train.augment_sequences import (
    augmented_sequences,
    resampled,
    stretched,
)
from cnncalc.runtime.train.data.images import Stored
from cnncalc.runtime.train.fitting_data import normalisation, normalised
from cnncalc.runtime.train.losses import UNKNOWN
from tests.train.small import run, same, spec

pytestmark = pytest.mark.torch

# -- images ---------------------------------------------------------------------------------

IMAGES = torch.rand(4, 2, 9, 13, generator=torch.Generator().manual_seed(0))
MIDDLE = torch.full((4, DRAWS), 0.5)


def drawn(**numbers: float) -> torch.Tensor:
    """The middle of every range, but for some."""
    draws = MIDDLE.clone()
    for name, number in numbers.items():
        draws[:, getattr(places, name)] = number
    return draws


def sampled(image: numpy.ndarray, row: float, column: float) -> float:
    """Between four pixels; black beyond the image."""
    top, left = math.floor(row), math.floor(column)
    found = 0.0
    for r, c in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
        if 0 <= r < image.shape[0] and 0 <= c < image.shape[1]:
            found += image[r, c] * (1 - abs(row - r)) * (1 - abs(column - c))
    return found


def test_shear_moves_each_row_by_its_height() -> None:
    """x' = x + tan(angle) y, from the middle: rows slide, none turns."""
    sheared = augmented(IMAGES, Augment(shear=20), drawn(SLANT=1.0))[0, 0].numpy()
    image = IMAGES[0, 0].numpy()
    slope = math.tan(math.radians(20))
    wanted = [[sampled(image, r, c + slope * (r - 4)) for c in range(13)] for r in range(9)]
    numpy.testing.assert_allclose(sheared, wanted, atol=1e-5)


def test_the_middle_row_of_a_sheared_image_stays() -> None:
    sheared = augmented(IMAGES, Augment(shear=35), draw(4, torch.Generator().manual_seed(0)))
    torch.testing.assert_close(sheared[:, :, 4], IMAGES[:, :, 4])


def test_an_elastic_change_by_one_vector_is_a_shift() -> None:
    """All nine places one deviation to the right: the draw is the normal distribution at 1."""
    right = 0.5 * (1 + math.erf(1 / math.sqrt(2)))
    draws = MIDDLE.clone()
    draws[:, places.BENDS][:, :9] = right
    bent = augmented(IMAGES, Augment(elastic=2), draws)
    torch.testing.assert_close(bent[..., :-2], IMAGES[..., 2:], atol=1e-4, rtol=0)
    assert bent[..., -2:].abs().max() < 1e-4


def test_an_elastic_change_moves_its_places_apart() -> None:
    """Only the middle of nine moves: it by two pixels, the corners not at all."""
    draws = MIDDLE.clone()
    draws[:, places.BENDS][:, 9 + 4] = 0.5 * (1 + math.erf(1 / math.sqrt(2)))  # down
    bent = augmented(IMAGES, Augment(elastic=2), draws)
    torch.testing.assert_close(bent[:, :, 4, 6], IMAGES[:, :, 6, 6], atol=1e-4, rtol=0)
    torch.testing.assert_close(bent[:, :, ::8, ::12], IMAGES[:, :, ::8, ::12], atol=1e-4, rtol=0)


def test_elastic_vectors_have_the_deviation() -> None:
    """At the places, over many images: a ramp shows by how much each pixel moved."""
    ramp = torch.arange(121.0).expand(900, 1, 61, 121)
    augment = Augment(elastic=5)
    moved = augmented(ramp, augment, draw(900, torch.Generator().manual_seed(0)))[:, 0, 30, 60]
    assert float(moved.mean()) == pytest.approx(60, abs=0.5)  # 3 of its own deviations
    assert float(moved.std()) == pytest.approx(5, rel=0.07)


def test_labels_go_where_their_pixels_go() -> None:
    """An image whose values are its labels shows the same picture behind every change."""
    labels = torch.randint(3, (4, 9, 13), generator=torch.Generator().manual_seed(2))
    draws = draw(4, torch.Generator().manual_seed(3))
    for change in (
        Augment(flip="both"),
        Augment(crop=2),
        Augment(rotation=40, shear=10, elastic=1),
    ):
        found = placed_labels(labels, change, draws)
        picture = places.placed((labels[:, None] + 1).double(), change, draws.double(), "nearest")
        assert torch.equal(torch.where(found == UNKNOWN, 0, found + 1), picture[:, 0].long())
    assert (placed_labels(labels, Augment(crop=2), drawn(TOP=0.0))[:, :2] == UNKNOWN).all()


def test_noise_has_the_deviation_that_is_drawn() -> None:
    black = torch.zeros(3, 1, 100, 100)
    draws = draw(3, torch.Generator().manual_seed(0), 10_000)
    draws[:, places.LOUD] = torch.tensor([0.0, 0.5, 1.0])
    found = augmented(black, Augment(noise=0.2), draws).std((1, 2, 3))
    torch.testing.assert_close(found, torch.tensor([0.0, 0.1, 0.2]), atol=3e-3, rtol=0)


# -- sequences ------------------------------------------------------------------------------

RATE, LENGTH = 8000, 8192
TIMES = torch.arange(LENGTH) / RATE


def tone(hertz: float) -> torch.Tensor:
    """N x C x L."""
    return torch.sin(2 * math.pi * hertz * TIMES).expand(4, 1, LENGTH).clone()


def pitch_of(sequence: torch.Tensor) -> float:
    """The loudest frequency, in hertz."""
    loud = torch.fft.rfft(sequence * torch.hann_window(sequence.shape[-1])).abs()
    return float(loud.argmax()) * RATE / sequence.shape[-1]


STEP = RATE / LENGTH
"""Hertz between two frequencies that are told apart."""


@pytest.mark.parametrize(("change", "number"), [("speed", 0.0), ("stretch", 0.0), ("pitch", 0.0)])
def test_the_middle_of_each_range_is_no_change(change: str, number: float) -> None:
    found = augmented_sequences(tone(440), Augment(**{change: 0.5}), MIDDLE)
    torch.testing.assert_close(found, tone(440), atol=2e-3, rtol=0)


@pytest.mark.parametrize(("drawn_number", "semitones"), [(1.0, 12), (0.0, -12), (0.75, 6)])
def test_pitch(drawn_number: float, semitones: float) -> None:
    """A semitone is the twelfth root of 2."""
    found = augmented_sequences(tone(440), Augment(pitch=12), drawn(PITCH=drawn_number))
    assert found.shape == tone(440).shape
    assert pitch_of(found[0, 0]) == pytest.approx(440 * 2 ** (semitones / 12), abs=2 * STEP)


@pytest.mark.parametrize("rate", [0.6, 0.8, 1.25, 1.5])
def test_stretch_keeps_the_pitch_and_moves_the_time(rate: float) -> None:
    """A tone that is loudest at a moment is loudest at that moment over the rate."""
    swell = 0.2 + torch.exp(-(((TIMES - 0.5) / 0.1) ** 2))
    found = stretched((tone(440)[0] * swell), rate)[0]
    assert found.shape[-1] == round(LENGTH / rate)
    assert pitch_of(found) == pytest.approx(440, abs=8 * STEP)
    loud = F.avg_pool1d(found[None] ** 2, 401, 1, 200)
    assert float(loud.argmax()) / RATE == pytest.approx(0.5 / rate, abs=0.02)


@pytest.mark.parametrize(("number", "rate"), [(1.0, 1.4), (0.0, 0.6)])
def test_speed_is_resampling(number: float, rate: float) -> None:
    found = augmented_sequences(tone(200), Augment(speed=0.4), drawn(SPEED=number))[0, 0]
    middle = (LENGTH - 1) / 2
    places_ = (numpy.arange(LENGTH) - middle) * rate + middle
    wanted = numpy.interp(places_, numpy.arange(LENGTH), tone(200)[0, 0].numpy())
    inside = (places_ >= 0) & (places_ <= LENGTH - 1)
    numpy.testing.assert_allclose(found.numpy()[inside], wanted[inside], atol=2e-3)
    assert not found.numpy()[(places_ < -1) | (places_ > LENGTH)].any()


def test_a_sequence_is_shifted() -> None:
    found = augmented_sequences(tone(300), Augment(shift=0.25), drawn(RIGHT=1.0))
    torch.testing.assert_close(found[..., 2048:], tone(300)[..., :-2048])
    assert not found[..., :2048].any()


def test_compression_is_a_ratio_of_decibels() -> None:
    sequence = torch.tensor([1.0, -0.1, 0.01, 0.0]).expand(4, 1, 4)
    found = augmented_sequences(sequence, Augment(compression=0.5), drawn(SQUEEZE=1.0))[0, 0]
    decibels = 20 * found[:3].abs().log10()  # 0, -20 and -40 were
    torch.testing.assert_close(decibels, torch.tensor([0.0, -10.0, -20.0]))
    assert found[1] < 0 == found[3]


def test_resampling_keeps_waves() -> None:
    waves = torch.cos(2 * math.pi * 3 * torch.arange(60) / 60)[None]
    wanted = torch.cos(2 * math.pi * 3 * torch.arange(96) / 96)[None]
    torch.testing.assert_close(resampled(waves, 96), wanted, atol=1e-5, rtol=0)
    torch.testing.assert_close(resampled(wanted, 60), waves, atol=1e-5, rtol=0)


def test_short_sequences() -> None:
    every = Augment(stretch=0.5, pitch=5, speed=0.3, shift=0.2, compression=0.5, noise=0.1)
    for length in (2, 3, 16, 50):
        draws = draw(4, torch.Generator().manual_seed(length), 2 * length)
        found = augmented_sequences(torch.rand(4, 2, length), every, draws)
        assert found.shape == (4, 2, length)
        assert found.isfinite().all()


def test_no_change_of_sequences_by_default() -> None:
    assert torch.equal(augmented_sequences(tone(440), Augment(), MIDDLE), tone(440))


# -- values before the network --------------------------------------------------------------

BYTES = torch.randint(256, (50, 3, 4, 4), dtype=torch.uint8)
WAYS = {
    "half": lambda x: x / 255 - 0.5,
    "symmetric": lambda x: x / 127.5 - 1,
    "none": lambda x: x / 255,
    "mean": lambda x: x / 255 - (x / 255).mean((0, 2, 3), keepdim=True),
    "deviation": lambda x: F.batch_norm(x / 255, None, None, training=True, eps=1e-12),
}


@pytest.mark.parametrize("way", WAYS)
def test_normalise(way: str) -> None:
    images = Stored(BYTES, torch.zeros(50))
    every = torch.arange(50)
    found = normalised(images.fetch(every), normalisation(images, every, (3, 4, 4), way))
    torch.testing.assert_close(found, WAYS[way](BYTES.float()), atol=1e-5, rtol=0)


# -- a whole run ----------------------------------------------------------------------------

EVERY = """
  augment: {shear: 10, elastic: 1, noise: 0.1}
  normalise: half
"""


def test_resumed_to_the_last_bit(tmp_path: Path) -> None:
    path = spec(tmp_path, EVERY)
    for folder, *more in (("whole",), ("cut", "-r", "epochs=1"), ("cut", "--resume")):
        done = run(tmp_path, path, "-r", "epochs=2", *more, "--output", folder)
        assert done.returncode == 0, done.stderr
    assert same(tmp_path / "whole/last.ckpt", tmp_path / "cut/last.ckpt")
    said = torch.load(tmp_path / "whole/last.ckpt", weights_only=True)["cnncalc"]
    assert said["normalisation"] == {"mean": [0.5], "deviation": [1.0]}


def test_changes_of_sequences_are_none_of_images(tmp_path: Path) -> None:
    done = run(tmp_path, spec(tmp_path), "-r", "augment.pitch=3")
    assert done.stderr == (
        "cnncalc: the recipe's `augment` has `pitch`, which does not change images, what the"
        " network reads; take it back: --recipe augment.pitch=0.0\n"
    )
