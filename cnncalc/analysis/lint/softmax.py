"""Softmax as the last layer."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject, advice


@rule(
    "CNN917",
    "note",
    "softmax as the last layer",
    """Cross-entropy, as PyTorch has it, takes the softmax of what the network gives. Of one that
    ends in `softmax` it takes it twice: gradients get small, and the loss never comes near 0. End
    with the numbers before it, the logits, and take the softmax where probabilities are wanted.""",
    """
input: 784
layers:
  - linear: 64
  - relu
  - linear: 10
  - softmax
""",
    """
input: 784
layers:
  - linear: 64
  - relu
  - linear: 10
""",
)
def final_softmax(subject: Subject) -> Iterator[Advice]:
    """A softmax that a cross-entropy behind it would take twice. A `log_softmax` taken twice is
    the same: nothing is said."""
    for node in subject.graph.layers:
        if node in subject.heads and node.layer and node.layer.gives == "probabilities":
            message = f"the last layer is `{node.kind}`; cross-entropy takes the softmax itself"
            hint = "end with the layer before it, or `log_softmax`: cross-entropy reads either"
            yield advice([node], message, hint)
