"""The pages that `explain` opens: a layer kind, a diagnostic code."""

from __future__ import annotations

from textwrap import fill, indent

from cnncalc.checking.every_code import CODES
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Field, Layer, example, field_docs, summary
from cnncalc.layers.fields import shown

WIDTH = 88


def kinds_page() -> str:
    """Every layer kind with its first sentence."""
    width = max(map(len, LAYERS))
    lines = [f"{kind.ljust(width)}   {_first_sentence(layer)}" for kind, layer in LAYERS.items()]
    return "\n".join(lines) + "\n"


def _first_sentence(layer: type[Layer]) -> str:
    return f"{summary(layer).partition('. ')[0].rstrip('.')}."


def codes_page() -> str:
    """Every diagnostic code with its title."""
    return "".join(f"{code}   {page.title}\n" for code, page in CODES.items())


def kind_page(layer: type[Layer]) -> str:
    """What a kind does, an example, and its fields."""
    parts = [f"{layer.kind}", fill(summary(layer), WIDTH), indent(example(layer), "  ")]
    if layer.fields:
        parts.append("fields (a value alone is the first one's)")
        parts += [_field(field) for field in layer.fields.values()]
    parts += [_branch(name, layer) for name in layer.branches]
    return "\n\n".join(parts) + "\n"


def _field(field: Field) -> str:
    default = "required" if field.required else f"default {shown(field.default)}"
    if field.default is None:
        default = "may be left out, see below"
    doc = fill(field.doc, WIDTH, initial_indent="      ", subsequent_indent="      ")
    return f"  {field.name}: {field.type.wants}; {default}\n{doc}"


def _branch(name: str, layer: type[Layer]) -> str:
    doc = fill(field_docs(layer)[name], WIDTH, initial_indent="      ", subsequent_indent="      ")
    return f"  {name}: a branch, as a join has them; may be left out, see below\n{doc}"


def code_page(code: str) -> str:
    """What a diagnostic means, and a spec that has it beside one that has not."""
    page = CODES[code]
    parts = [f"{code}: {page.title}", fill(page.explanation, WIDTH)]
    if page.bad:
        parts.append("bad\n" + indent(page.bad.rstrip(), "  "))
    if page.good:
        parts.append("good\n" + indent(page.good.rstrip(), "  "))
    return "\n\n".join(parts) + "\n"
