"""What lowered source may hold: all that the writer makes, and nothing planted in it."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable

import pytest

from cnncalc.language.load import load
from cnncalc.lowering.source import source
from cnncalc.lowering.whitelist import ForeignCodeError, check
from cnncalc.zoo import networks
from tests.analysis import drafts
from tests.analysis.specs import graph_of

SPEC = """
input: 3x8x8
blocks:
  unit: {args: {filters: , skip: }, layers: [{conv: {filters: filters, kernel: 1}}, {add: [skip, previous]}]}
layers:
  - {name: 1x1, conv: {filters: 4, kernel: 1}}
  - relu
  - {name: stage, unit: {filters: 4, skip: previous}, repeat: 3}
  - {name: last, maxout: 2}
outputs: {side: 1x1}
"""  # noqa: E501
SOURCE = source(graph_of(SPEC))

EXPRESSIONS = """
eval("1")
exec("1")
open("/etc/passwd")
compile("1", "", "eval")
print(1)
input()
vars()
globals()
__import__("os").system("id")
__builtins__
__loader__
breakpoint()
type(self)
type("A", (), {})
object
getattr(self, "__class__")
getattr(self, "_modules")
getattr(self, "load_state_dict")({})
getattr(nn, "Linear")
getattr(torch, "load")("x")
getattr(self, name)
getattr(self, "a", open)
getattr(torch.hub, "load")
self.__class__
self.__class__.__mro__
self.__dict__
self._modules
self._apply(print)
self.apply(print)
self.load_state_dict({})
self.register_forward_hook(print)
self.to("cuda")
self.forward.__globals__
self.forward.__func__
super().__class__
super().__getattribute__("x")
super().load_state_dict({})
torch.load("x")
torch.save(x, "x")
torch.hub.load("a", "b")
torch.ops.load_library("x")
torch.utils.cpp_extension.load("x")
torch.jit.load("x")
torch.os.system("id")
torch.sys.modules
torch.serialization.os
torch.compile(self)
torch
nn
nn.Module.__subclasses__()
nn.modules.module.torch.os.system("id")
nn.modules
nn.functional.torch.load("x")
nn.init.os
nn.init.warnings.sys
nn.init.constant_(x, 1)
nn.Linear.load
nn.Linear(open("x"), 3)
nn.Linear(3, 4, bias=eval("1"))
nn.Linear(*open("x"))
nn.Linear(**vars())
F.torch.os.system("id")
F.pad(open("x"), (1, 1))
F.conv2d(x, x)
F
self.add_module(name="a\\"b", module=nn.ReLU())
self.add_module(module=nn.ReLU(), name=name)
nn.ModuleDict({"a": nn.ReLU()})
nn.ParameterDict({"a": x})
OrderedDict.fromkeys([1])
OrderedDict({"a": nn.ReLU()})
OrderedDict(*pairs)
OrderedDict(a=eval("1"))
OrderedDict([("a", eval("1"))])
range(10**9)
range(open("x"))
isinstance(self, open)
isinstance(self, Unknown)
isinstance(open("x"), nn.Linear)
float(open("x"))
float("inf").__class__
(lambda: 1)()
lambda: 1
[y for y in (1, 2)]
{y for y in (1, 2)}
{1: y for y in (1, 2)}
f"{self}"
"{}".format(self)
"a".__class__
().__class__.__bases__
(1).real
[].append(1)
{}.get(1)
x.__class__
x.data
x.numpy()
x.backward()
x.register_hook(print)
x if x else x
not x
x @ x
x ** 10**9
x % 2
x and x
x[0:2]
x["a"]
x[eval("1")]
self[open("x")]
(y := 1)
...()
"a" "b".upper()
StageNoClass()
Part.mro()
""".strip().splitlines()

STATEMENTS = """
import os
from os import system
from torch import load
import torch as nn
from cnncalc import zoo
global F
nonlocal_ = eval("1")
del x
assert open("x")
raise ValueError
try: pass\\nexcept Exception: pass
with open("x"): pass
while True: pass
for y in open("x"): pass
if open("x"): pass
nn = x
torch = x
F = x
getattr = x
range = x
super = x
Tensor = x
self.__class__ = x
self._modules = x
self.forward = x
torch.load = x
nn.Linear = x
x += open("x")
x: open("x") = 1
def f(): pass
async def f(): pass
class A: pass
pass
return open("x")
match x:\\n  case 1: pass
""".strip().splitlines()

PARTS = {
    "a decorator": "@open\nclass A(nn.Module):\n    pass\n",
    "another base": "class A(object):\n    pass\n",
    "a base that is called": "class A(open('x')):\n    pass\n",
    "two bases": "class A(nn.Module, nn.Sequential):\n    pass\n",
    "no base": "class A:\n    pass\n",
    "a metaclass": "class A(nn.Module, metaclass=open):\n    pass\n",
    "another module as a base": "class A(nn.Linear):\n    pass\n",
    "another method": "class A(nn.Module):\n    def __call__(self): return self\n",
    "a method that is decorated": "class A(nn.Module):\n    @open\n    def forward(self): pass\n",
    "an attribute of a class": "class A(nn.Module):\n    forward = open\n",
    "code in a class": "class A(nn.Module):\n    open('x')\n",
    "a default": "class A(nn.Module):\n    def forward(self, x=open('x')): return x\n",
    "a default by name": "class A(nn.Module):\n    def forward(self, *, x=open(1)): return x\n",
    "an annotation": "class A(nn.Module):\n    def forward(self, x: open('x')): return x\n",
    "a result": "class A(nn.Module):\n    def forward(self, x) -> open('x'): return x\n",
    "no self": "class A(nn.Module):\n    def forward(x): return x\n",
    "a class of the library that is another": "class Maxout(nn.Module):\n    pass\n",
    "a function": "def f():\n    pass\n",
    "code": "open('x')\n",
    "a loop": "for x in 'a': pass\n",
    "an assignment": "x = 1\n",
}  # fmt: skip


@pytest.mark.parametrize("name", networks())
def test_every_network_may_run(name: str) -> None:
    check(source(load(name)))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_random_networks_may_run(rank: int) -> None:
    for seed in range(100):
        check(source(graph_of(drafts.spec(seed, rank))))


def refused(text: str) -> bool:
    """Whether a source that is sound Python is refused."""
    ast.parse(text)
    try:
        check(text)
    except ForeignCodeError:
        return True
    return False


class Planted(ast.NodeTransformer):
    """An expression in the place of the `number`-th argument of a call."""

    def __init__(self, number: int, planted: ast.expr) -> None:
        self.number = number
        self.planted = planted

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        for place in range(len(node.args)):
            if self.number == 0:
                node.args[place] = self.planted
            self.number -= 1
        return node


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


ARGUMENTS = sum(len(n.args) for n in ast.walk(ast.parse(SOURCE)) if isinstance(n, ast.Call))


@pytest.mark.parametrize("planted", EXPRESSIONS)
def test_an_expression_in_the_place_of_an_argument(planted: str) -> None:
    check(SOURCE)
    for number in range(ARGUMENTS):
        tree = Planted(number, expression(planted)).visit(ast.parse(SOURCE))
        text = ast.unparse(ast.fix_missing_locations(tree))
        assert "Maxout(nn.Module)" in text
        assert refused(text), text


def in_methods(planted: str) -> list[str]:
    """A statement at the end of each method of the source, before what it returns."""
    methods = [n for n in ast.walk(ast.parse(SOURCE)) if isinstance(n, ast.FunctionDef)]
    texts = []
    for number in range(len(methods)):
        tree = ast.parse(SOURCE)
        method = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)][number]
        method.body[-1:-1] = ast.parse(planted.replace("\\n", "\n")).body
        texts.append(ast.unparse(ast.fix_missing_locations(tree)))
    return texts


@pytest.mark.parametrize("planted", [*EXPRESSIONS, *STATEMENTS])
def test_a_statement_in_a_method(planted: str) -> None:
    for text in in_methods(planted):
        assert refused(text), text


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("where", ["before", "behind"])
def test_a_part_of_the_source(part: str, where: str) -> None:
    head, *classes = SOURCE.split("\n\n\n")
    pieces = [head, part, *classes] if where == "before" else [head, *classes, part]
    assert refused("\n\n\n".join(pieces))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("nn.Module)", "nn.Module, object)", 1),
        lambda text: text.replace("from torch import Tensor, nn", "from torch import nn, load"),
        lambda text: text.replace("amax(2)", "amax(2, out=open('x'))"),
        lambda text: text.replace("self.pieces = pieces", "self.pieces = open(pieces)"),
        lambda text: text.replace('"1x1"', '"__class__"'),
        lambda text: text.replace('"1x1"', '"1x1\\")"'),
        lambda text: text.replace('"1x1"', '\'1x1",open("x")\''),
        lambda text: text.replace('"""', "", 2),
    ],
)
def test_a_change_of_the_source(change: Callable[[str], str]) -> None:
    text = change(SOURCE)
    assert text != SOURCE
    with contextlib.suppress(SyntaxError):
        assert refused(text)
