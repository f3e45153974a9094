"""Design advice: what a sound network could do better, with numbers and a way out.

One rule per code. A rule speaks from what the network is (its graph, windows, weights, operations),
once per written place, and stays quiet where good networks do the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.bias_only import bias_only
from cnncalc.analysis.lint.dead_ends import dead_ends
from cnncalc.analysis.lint.field_size import recombining, small_field
from cnncalc.analysis.lint.filters import large_filters, no_bottleneck
from cnncalc.analysis.lint.fit import does_not_fit, indivisible
from cnncalc.analysis.lint.gridding import gridding
from cnncalc.analysis.lint.linear_maps import linear_maps
from cnncalc.analysis.lint.misaligned import misaligned
from cnncalc.analysis.lint.misread_inputs import misread_inputs
from cnncalc.analysis.lint.normalisation import late_norm, useless_bias
from cnncalc.analysis.lint.padding import only_padding
from cnncalc.analysis.lint.saturation import vanishing
from cnncalc.analysis.lint.shrinking import shrinking
from cnncalc.analysis.lint.skipping import skipping
from cnncalc.analysis.lint.softmax import final_softmax
from cnncalc.analysis.lint.subject import subject
from cnncalc.analysis.lint.tensor_cores import odd_channels
from cnncalc.analysis.lint.unused_names import unused_blocks, unused_defaults, unused_names
from cnncalc.analysis.lint.wide_linear import fully_connected
from cnncalc.analysis.summary import Summary
from cnncalc.diagnostics import Diagnostic

RULES = (
    does_not_fit,
    indivisible,
    shrinking,
    skipping,
    large_filters,
    no_bottleneck,
    fully_connected,
    small_field,
    recombining,
    misaligned,
    only_padding,
    gridding,
    useless_bias,
    linear_maps,
    late_norm,
    vanishing,
    final_softmax,
    odd_channels,
    unused_names,
    unused_blocks,
    unused_defaults,
    dead_ends,
    misread_inputs,
    bias_only,
)
"""In the order of their codes."""


def advise(summary: Summary) -> Iterator[Diagnostic]:
    """What the rules say of a network, rule by rule; one finding per written place."""
    network = subject(summary)
    for rule in RULES:
        for span, message, hint, notes in rule.finds(network):
            yield Diagnostic(rule.code, span, message, hint, notes, rule.severity)
