"""Chance changes of sequences: sound, or whatever runs in time."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from cnncalc.network.recipe import Augment
from cnncalc.runtime.train.augment import PITCH, RIGHT, SPEED, SQUEEZE, STRETCH, around_zero, noisy

WINDOW = 512
"""Steps that a spectrum is taken over, at most."""

LEAST = 1e-5
"""What counts as silent, as a share of the loudest value: 100 decibels below it."""


def augmented_sequences(sequences: Tensor, augment: Augment, draws: Tensor) -> Tensor:
    """N x C x L sequences, changed as their `draws` say; as long as they were."""
    if augment.stretch:
        rates = 1 + around_zero(draws[:, STRETCH]) * augment.stretch
        sequences = _each(sequences, rates, lambda one, rate: _fitted(stretched(one, rate), one))
    if augment.pitch:
        rates = 2 ** (around_zero(draws[:, PITCH]) * augment.pitch / 12)
        sequences = _each(sequences, rates, _shifted)
    if augment.speed or augment.shift:
        rates = 1 + around_zero(draws[:, SPEED]) * augment.speed
        sequences = _moved(sequences, rates, around_zero(draws[:, RIGHT]) * augment.shift)
    if augment.compression:
        sequences = _compressed(sequences, 1 - draws[:, SQUEEZE] * augment.compression)
    return noisy(sequences, augment, draws)


def stretched(sequence: Tensor, rate: float) -> Tensor:
    """C x L, `rate` times as fast at the same pitch, by a phase vocoder (Flanagan & Golden 1966):
    the spectra of a time in between, each frequency's phase going on as fast as it went there."""
    length = sequence.shape[-1]
    size = min(WINDOW, 2 ** int(math.log2(length)))
    hop = max(1, size // 4)
    window = torch.hann_window(size, device=sequence.device)
    spectra = torch.stft(sequence, size, hop, window=window, return_complex=True)
    times = torch.arange(0, spectra.shape[-1], rate, device=sequence.device)
    left = times.long()
    share = times - left
    spectra = torch.cat([spectra, torch.zeros_like(spectra[..., :2])], dim=-1)
    before, after = spectra[..., left], spectra[..., left + 1]
    loud = (1 - share) * before.abs() + share * after.abs()
    frequencies = torch.arange(spectra.shape[-2], device=sequence.device)[:, None]
    usual = 2 * math.pi * hop / size * frequencies
    turn = after.angle() - before.angle() - usual
    turn = turn - 2 * math.pi * torch.round(turn / (2 * math.pi)) + usual
    phase = torch.cumsum(torch.cat([before[..., :1].angle(), turn[..., :-1]], dim=-1), dim=-1)
    parts = torch.polar(loud, phase)
    return torch.istft(parts, size, hop, window=window, length=round(length / rate))


def resampled(sequence: Tensor, length: int) -> Tensor:
    """C x L in `length` steps: the same waves, as far as they can be told at that many."""
    before = sequence.shape[-1]
    waves = torch.fft.rfft(sequence)
    waves = waves[..., : min(before, length) // 2 + 1]
    found: Tensor = torch.fft.irfft(waves, length) * (length / before)
    return found


def _shifted(sequence: Tensor, rate: float) -> Tensor:
    """Longer by as much as the pitch is higher, and played in the old time."""
    return resampled(stretched(sequence, 1 / rate), sequence.shape[-1])


def _each(sequences: Tensor, rates: Tensor, change: Callable[[Tensor, float], Tensor]) -> Tensor:
    """Every sequence, changed at a rate of its own."""
    pairs = zip(sequences.float(), rates.tolist(), strict=True)
    return torch.stack([change(one, rate) for one, rate in pairs])


def _fitted(sequence: Tensor, like: Tensor) -> Tensor:
    """As long as `like`: cut, or silent, at both ends."""
    more = like.shape[-1] - sequence.shape[-1]
    return F.pad(sequence, (more // 2, more - more // 2))


def _moved(sequences: Tensor, rates: Tensor, shifts: Tensor) -> Tensor:
    """Resampled about the middle, and moved by shares of the length, in one interpolation."""
    length = sequences.shape[-1]
    middle = (length - 1) / 2
    steps = torch.arange(length, device=sequences.device) - middle
    places = steps * rates[:, None] + middle - shifts[:, None] * length
    left = places.floor()
    share = (places - left)[:, None]
    return (1 - share) * _at(sequences, left) + share * _at(sequences, left + 1)


def _at(sequences: Tensor, places: Tensor) -> Tensor:
    """The values at whole steps, N x L; beyond the ends, 0."""
    last = sequences.shape[-1] - 1
    within = ((places >= 0) & (places <= last))[:, None]
    chosen = places.clamp(0, last).long()[:, None].expand(-1, sequences.shape[1], -1)
    return torch.where(within, sequences.gather(2, chosen), 0)


def _compressed(sequences: Tensor, factors: Tensor) -> Tensor:
    """Levels below each sequence's loudest value, in decibels, times its factor."""
    peak = sequences.abs().amax((1, 2), keepdim=True).clamp_min(torch.finfo(torch.float32).tiny)
    share = (sequences.abs() / peak).clamp_min(LEAST)
    return sequences * share ** (factors.view(-1, 1, 1) - 1)
