"""Design advice: what a sound network could do better, with numbers and a way out.

One rule per code. A rule speaks from what the network is (its graph, windows, weights, operations),
once per written place, and stays quiet where good networks do the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.analysis.lint.channels import odd_channels
from cnncalc.analysis.lint.dead_ends import dead_ends
from cnncalc.analysis.lint.field import recombining, small_field
from cnncalc.analysis.lint.filters import large_filters, no_bottleneck
from cnncalc.analysis.lint.fit import does_not_fit, indivisible
from cnncalc.analysis.lint.fully_connected import fully_connected
from cnncalc.analysis.lint.gridding import gridding
from cnncalc.analysis.lint.linear_maps import linear_maps
from cnncalc.analysis.lint.misaligned import misaligned
from cnncalc.analysis.lint.normalisation import late_norm, useless_bias
from cnncalc.analysis.lint.padding import only_padding
from cnncalc.analysis.lint.saturation import vanishing
from cnncalc.analysis.lint.shrinking import shrinking
from cnncalc.analysis.lint.skipping import skipping
from cnncalc.analysis.lint.softmax import final_softmax
from cnncalc.analysis.lint.subject import Rule, subject
from cnncalc.analysis.lint.unused import unused_blocks, unused_defaults, unused_names
from cnncalc.analysis.summary import Summary
from cnncalc.diagnostics import Diagnostic, Severity


class Advice(NamedTuple):
    """A rule with its code; a warning is worth a change, a note worth a thought."""

    code: str
    severity: Severity
    rule: Rule


RULES = (
    Advice("CNN901", "warning", does_not_fit),
    Advice("CNN902", "note", indivisible),
    Advice("CNN903", "warning", shrinking),
    Advice("CNN904", "warning", skipping),
    Advice("CNN905", "note", large_filters),
    Advice("CNN906", "note", no_bottleneck),
    Advice("CNN907", "warning", fully_connected),
    Advice("CNN908", "note", small_field),
    Advice("CNN909", "note", recombining),
    Advice("CNN910", "note", misaligned),
    Advice("CNN911", "warning", only_padding),
    Advice("CNN912", "warning", gridding),
    Advice("CNN913", "warning", useless_bias),
    Advice("CNN914", "warning", linear_maps),
    Advice("CNN915", "note", late_norm),
    Advice("CNN916", "warning", vanishing),
    Advice("CNN917", "note", final_softmax),
    Advice("CNN918", "note", odd_channels),
    Advice("CNN919", "warning", unused_names),
    Advice("CNN920", "warning", unused_blocks),
    Advice("CNN921", "warning", unused_defaults),
    Advice("CNN922", "warning", dead_ends),
)


def advise(summary: Summary) -> Iterator[Diagnostic]:
    """What the rules say of a network, rule by rule; one finding per written place."""
    network = subject(summary)
    for code, severity, rule in RULES:
        for span, message, hint, notes in rule(network):
            yield Diagnostic(code, span, message, hint, notes, severity)
