"""The method that draws the weights of a network."""

from __future__ import annotations

from collections.abc import Collection

from cnncalc.lowering import library
from cnncalc.lowering.code import (
    SELF,
    Assign,
    Attribute,
    Call,
    Effect,
    Enclosed,
    Expression,
    For,
    If,
    Infix,
    Method,
    Name,
    Statement,
    Value,
)
from cnncalc.lowering.initialisation import HE, XAVIER, schemes, torch_form
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path

WEIGHT, BIAS = Name("module.weight"), Name("module.bias")

DRAW = {
    HE: Effect(
        Call(Name("nn.init.kaiming_normal_"), (WEIGHT,), (("nonlinearity", Value("relu")),)),
    ),
    XAVIER: Effect(Call(Name("nn.init.xavier_uniform_"), (WEIGHT,))),
}
CALLED = {HE: "He's", XAVIER: "Xavier's"}

ZERO_BIAS = If(
    Infix("is not", (BIAS, Value(None))),
    (Effect(Call(Name("nn.init.zeros_"), (BIAS,))),),
)


def drawing(graph: Graph) -> Method:
    """`reset_parameters`. The scheme that most layers have is the rule; those of the other are
    listed."""
    found = schemes(graph)
    if not found:
        return _method("Nothing is drawn anew: PyTorch's own initialisation stands.")
    common = max(CALLED, key=list(found.values()).count)
    others = [node for node, scheme in found.items() if scheme != common]
    zero = (ZERO_BIAS,) if any(_has_bias(node) for node in found) else ()
    if not others:
        body = If(_is_one(found.keys()), (DRAW[common], *zero))
        loop = For(("module",), Call(Attribute(SELF, "modules")), (body,))
        return _method(f"{CALLED[common]} initialisation; biases 0.", loop)
    other = XAVIER if common == HE else HE
    listed = Infix("in", (Name("name"), Name("others")))
    body = If(_is_one(found.keys()), (If(listed, (DRAW[other],), (DRAW[common],)), *zero))
    paths = Enclosed("[]", tuple(Value(module_path(node.path)) for node in others))
    return _method(
        "He's initialisation before rectifiers, Xavier's elsewhere; biases 0.",
        Assign((Name("others"),), (paths,)),
        For(("name", "module"), Call(Attribute(SELF, "named_modules")), (body,)),
    )


def _method(says: str, *body: Statement) -> Method:
    return Method("reset_parameters", (), Value(None), body, says)


def _is_one(nodes: Collection[Node]) -> Expression:
    """Whether a module is of the kind of one of these."""
    names = {library.of_torch(torch_form(node).name) for node in nodes}
    kinds = tuple(map(Name, sorted(names)))
    types = kinds[0] if len(kinds) == 1 else Enclosed("()", kinds)
    return Call(Name("isinstance"), (Name("module"), types))


def _has_bias(node: Node) -> bool:
    return any(weight.name == "bias" for weight in node.weights)
