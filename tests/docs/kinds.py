"""The tables of the documentation that are generated: layer kinds, and what activations cost."""

from cnncalc.layers import LAYERS
from cnncalc.layers.base import Field as LayerField
from cnncalc.layers.base import Layer, Ops
from cnncalc.layers.fields import shown
from cnncalc.layers.pointwise.curved import ROWS


def kinds_table() -> str:
    """Every kind with its fields, the main one first."""
    rows = [f"| `{kind}` | {fields(layer)} |" for kind, layer in LAYERS.items()]
    return "\n".join(["| kind | fields |", "| --- | --- |", *rows])


def fields(layer: type[Layer]) -> str:
    """``filters`*, `stride` 1`: a star for what is required, else the default."""
    if layer.joins:
        return "branches"
    branches = (f"`{name}`" for name in layer.branches)
    return ", ".join([*map(_field, layer.fields.values()), *branches])


def _field(field: LayerField) -> str:
    if field.required:
        return f"`{field.name}`*"
    return f"`{field.name}`" if field.default is None else f"`{field.name}` {shown(field.default)}"


def activations_table() -> str:
    """What one value costs in each activation of the table."""
    rows = [f"| `{row.kind}` | {cost(row.cost)} | {row.fact.rstrip('.')} |" for row in ROWS]
    return "\n".join(["| kind | for each value | computes |", "| --- | --- | --- |", *rows])


def cost(ops: Ops) -> str:
    """`1 exponential, 2 additions`."""
    counts = [(count, name.removesuffix("s")) for name, count in ops._asdict().items() if count]
    return ", ".join(f"{n} {name}{'s' if n > 1 else ''}" for n, name in counts) or "nothing"
