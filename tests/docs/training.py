"""The tables of the training page: every field of a recipe, with its unit and default."""

from typing import Any

from cnncalc.layers.fields import shown
from cnncalc.network.recipe import (
    GROUPS,
    KINDS,
    LEARNING_RATES,
    OPTIMIZERS,
    Recipe,
    documented,
    kind_of,
)

OPEN = {
    "loss": "by the output",
    "watch": "`error`; of numbers, `loss`",
    "normalise": "`deviation`; of images that a generator draws, what fits its last layer",
}
"""What stands where a recipe leaves a field open."""


def recipe_table() -> str:
    """The fields of a recipe."""
    texts = documented(Recipe)
    rows = [
        f"| `{name}` | {text} | {_default(name, getattr(Recipe(), name))} |"
        for name, text in texts.items()
    ]
    return "\n".join(["| field | meaning | default |", "| --- | --- | --- |", *rows])


def sections_table() -> str:
    """The fields of what has fields of its own."""
    sections = {
        **{
            f"{name}: {kind}": made for name, kinds in KINDS.items() for kind, made in kinds.items()
        },
        **GROUPS,
    }
    rows = [
        f"| `{owner}` | `{name}` | {text} | {_default(name, getattr(section(), name))} |"
        for owner, section in sections.items()
        for name, text in documented(section).items()
    ]
    return "\n".join(["| in | field | meaning | default |", "| --- | --- | --- | --- |", *rows])


def _default(name: str, value: Any) -> str:
    if name == "learning_rate":
        rates = (f"{kind} {LEARNING_RATES[made]:g}" for kind, made in OPTIMIZERS.items())
        return ", ".join(rates)
    if name in KINDS:
        return f"`{kind_of(value)}`"
    if name == "weight_decay":
        return "0"
    if name in GROUPS or value is None or value == ():
        return OPEN.get(name, "none")
    return f"{value:g}" if isinstance(value, float) else f"`{shown(value)}`"
