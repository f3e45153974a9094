"""The JSON Schema for editors: it takes every sound spec, and refuses what one file shows wrong."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jsonschema import Draft7Validator

from cnncalc.budget import Budget
from cnncalc.checking.every_code import CODES
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.recipe.training import recipe_of
from cnncalc.language.schema import patterns
from cnncalc.language.schema.field_schema import accepted
from cnncalc.language.schema.schema import schema, text
from cnncalc.language.text import tree
from cnncalc.language.text.keys import KEYS
from cnncalc.language.values.expressions import parse
from cnncalc.language.values.scope import QUIET, Scope
from cnncalc.language.values.values import ExpressionError, UnknownNameError
from cnncalc.language.written.expect import check_form
from cnncalc.language.written.grammar import GROUP, MODIFIERS
from cnncalc.layers import LAYERS
from cnncalc.layers.base import summary
from cnncalc.layers.fields import FieldError, FieldType, FreeText, LayerShape
from cnncalc.network.expectation import EXPECTED
from cnncalc.network.recipe import PARTS, Recipe, documented
from tests.core_yaml import load
from tests.docs.pages import all_blocks
from tests.docs.test_examples import completed

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").rglob("*.yaml"))
FIXTURES = ROOT / "tests" / "fixtures"

SCHEMA = schema()
VALIDATOR = Draft7Validator(SCHEMA)


def faults(spec: str) -> list[str]:
    """What the schema refuses in a spec, each with its place."""
    found = VALIDATOR.iter_errors(load(spec))
    return [f"{'.'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in found]


def valid(part: dict[str, Any], value: str) -> bool:
    """Whether a part of the schema takes a value, written as in a spec."""
    whole = {**part, "definitions": SCHEMA["definitions"]}
    return bool(Draft7Validator(whole).is_valid(load(value)))


# -- the schema itself ----------------------------------------------------------------------


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_the_file_is_current() -> None:
    """`cnncalc schema > cnncalc/language/schema/cnncalc.schema.json` writes it anew."""
    checked_in = ROOT / "cnncalc" / "language" / "schema" / "cnncalc.schema.json"
    assert checked_in.read_text(encoding="utf-8") == text()


def test_it_has_every_word_of_the_language() -> None:
    item = SCHEMA["definitions"]["spec.item"]
    assert list(SCHEMA["properties"]) == list(KEYS)
    assert all(key["description"] for key in SCHEMA["properties"].values())
    assert item["properties"].keys() == {*LAYERS, *MODIFIERS, GROUP}
    assert SCHEMA["definitions"]["spec.metrics"]["properties"].keys() == set(EXPECTED)


@pytest.mark.parametrize("kind", [kind for kind, layer in LAYERS.items() if layer.fields])
def test_a_kind_has_its_fields_with_their_meaning(kind: str) -> None:
    layer, fields = LAYERS[kind], SCHEMA["definitions"][kind]["else"]["properties"]
    page = SCHEMA["definitions"]["spec.item"]["properties"][kind]
    assert page["description"] == summary(layer).replace("`", "")
    assert list(fields) == list(layer.fields)
    for name, field in layer.fields.items():
        assert fields[name]["description"].startswith(field.doc.replace("`", ""))
        assert fields[name].get("default") == (None if field.required else field.default)


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Every mapping in the schema."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from parts(part)


def test_items_have_no_one_of() -> None:
    """Editors complete nothing where several alternatives are open."""
    assert not any("oneOf" in part for part in parts(SCHEMA))


def test_references_lead_somewhere_and_nothing_is_left_over() -> None:
    named = {
        part["$ref"].removeprefix("#/definitions/") for part in parts(SCHEMA) if "$ref" in part
    }
    assert named == SCHEMA["definitions"].keys()


def test_patterns_are_javascript_too() -> None:
    found = {part["pattern"] for part in parts(SCHEMA) if isinstance(part.get("pattern"), str)}
    assert len(found) > 10
    for pattern in found:
        re.compile(pattern)
        assert not re.search(r"\(\?P|\(\?<|\\[AZ]|\(\?[a-z]", pattern), pattern


# -- what is sound --------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_zoo_is_valid(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


SOUND_BLOCKS = [block for block in all_blocks("yaml") if not block.file.startswith("bad")]


@pytest.mark.parametrize("block", SOUND_BLOCKS, ids=lambda block: block.id)
def test_the_documentation_is_valid(block: Any) -> None:
    assert faults(completed(block.text)) == []


@pytest.mark.parametrize("code", CODES)
def test_good_examples_are_valid(code: str) -> None:
    if not code.startswith("CNN7"):  # an example of settings
        assert faults(CODES[code].good) == []


@pytest.mark.parametrize("name", ["language.yaml", "base.yaml", "library.yaml"])
def test_every_word_is_valid(name: str) -> None:
    assert faults((FIXTURES / name).read_text(encoding="utf-8")) == []


# -- what is not ----------------------------------------------------------------------------

OUT_OF_SIGHT = {
    "CNN201-block": "a kind that is none may be a block, where the file has blocks",
    "CNN207": "fields that contradict each other: it would take arithmetic",
    "CNN209-block": "what a block takes stands elsewhere in the file",
    "CNN253": "fields of a recipe that do not go together",
    "CNN253-frozen": "a recipe that freezes all there is",
    "CNN254": "a recipe that names what is not in the network",
}
"""Faults of fields that a schema cannot know, since it looks nothing up and computes nothing."""

FIELD_FAULTS = [
    path
    for path in sorted((FIXTURES / "diagnostics").glob("*.yaml"))
    if re.match(r"CNN(110|111|2\d\d)", path.stem)
]


@pytest.mark.parametrize("path", FIELD_FAULTS, ids=lambda path: path.stem)
def test_faults_of_fields_are_refused(path: Path) -> None:
    found = faults(path.read_text(encoding="utf-8"))
    assert bool(found) != (path.stem in OUT_OF_SIGHT), found


@pytest.mark.parametrize("code", [code for code in CODES if re.match(r"CNN(11[01]|2\d\d)", code)])
def test_bad_examples_are_refused(code: str) -> None:
    wide = {"CNN204": "`width / 2` may be whole", **OUT_OF_SIGHT}
    assert bool(faults(CODES[code].bad)) != (code in wide)


ALSO_REFUSED = """
105|108|109|303|305|306|502|503|505-network|509|510|510-include|511|601|601-list
"""


@pytest.mark.parametrize("name", ALSO_REFUSED.strip().split("|"))
def test_other_faults_that_show(name: str) -> None:
    assert faults((FIXTURES / "diagnostics" / f"CNN{name}.yaml").read_text(encoding="utf-8"))


HEAD = "input: 3x32x32\nlayers:\n"

ITEMS = {
    "a word": ("- relu", True),
    "a kind with nothing": ("- relu:", True),
    "a word that wants fields": ("- conv", False),
    "a join alone": ("- add", False),
    "a modifier alone": ("- repeat", False),
    "a group alone": ("- layers", False),
    "nothing": ("-", False),
    "two kinds": ("- {relu: , tanh: }", False),
    "two kinds, one unknown": ("- {relu: , tahn: }", False),
    "a field beside": ("- {conv: {filters: 3}, kernel: 3}", False),
    "a modifier inside": ("- conv: {filters: 3, kernel: 3, repeat: 2}", False),
    "modifiers only": ("- {name: a, repeat: 2}", False),
    "share alone": ("- {name: a, relu: }\n- {share: a}", True),
    "first, fields": ("- {max_pool: 2, repeat: 2, first: {stride: 1}}", True),
    "branches of a field": (
        "- {name: a, attention: {heads: 2}}\n- attention: {heads: 2, keys: a, values: [relu]}",
        True,
    ),
    "a branch of a field that is none": ("- attention: {heads: 2, keys: [3.5.1]}", False),
    "no such name, in a branch of a field": (
        "- attention: {heads: 2, keys: [{linear: n}]}",
        False,
    ),
    "first of branches": ("- {attention: 2, repeat: 2, first: {keys: [relu]}}", False),
    "first, none": ("- {max_pool: 2, repeat: 2, first: {strid: 1}}", False),
    "first of a word": ("- {relu: , repeat: 2, first: {stride: 1}}", False),
    "first of a group": ("- {layers: [relu], repeat: 2, first: {stride: 1}}", False),
    "last, fields": ("- {max_pool: 2, repeat: 2, last: {stride: 1}}", True),
    "last, none": ("- {max_pool: 2, repeat: 2, last: {strid: 1}}", False),
    "last of a word": ("- {relu: , repeat: 2, last: {stride: 1}}", False),
    "first, no mapping": ("- {max_pool: 2, repeat: 2, first: 3}", False),
    "each without rows": ("- {relu: , each: [n]}", False),
    "a row's name": ("- {each: n, rows: [3, 4], linear: n}", True),
    "within a row": ("- {each: n, rows: [3, 4], layers: [{linear: n}]}", True),
    "no such name": ("- linear: n", False),
    "no such name, deep": ("- add: {a: [{layers: [{linear: n}]}], b: [identity]}", False),
    "behind a row": ("- {each: n, rows: [3], linear: n}\n- linear: n", False),
    "a number as a name": ("- {name: 3, relu: }\n- {name: 1e3, relu: , from: 3}", True),
    "a dot in a name": ("- {name: a.b, relu: }", False),
    "a space in a name": ("- {name: a b, relu: }", False),
    "an output in a reference": ("- {relu: , from: a.b}", True),
    "two dots in a reference": ("- {relu: , from: a..b}", False),
    "a layer of a list": ('- {relu: , from: "all(a)[0]"}', True),
    "a list that is joined": ("- add: all(a)", True),
    "outputs of a group": ("- {layers: [{name: a, relu: }], outputs: [a]}", True),
    "outputs beside a kind": ("- {name: a, relu: , outputs: [a]}", False),
    "rows that are computed": ("- {each: n, rows: range(3), linear: n + 1}", True),
    "previous": ("- {relu: , from: previous}", True),
    "named previous": ("- {relu: , name: previous}", False),
    "branches by name": ("- add: {a: [relu], b: input, c: {from: input, tanh: }}", True),
    "branches in a list": ("- concat: [[relu], [], input]", True),
    "a branch with nothing": ("- add: {a: , b: [relu]}", False),
    "no branches": ("- add: {}", False),
    "an unknown kind in a branch": ("- add: {a: [rleu], b: [relu]}", False),
    "a branch that lacks a field": ("- add: {a: [{conv: 3}], b: [relu]}", False),
    "a condition": ("- {relu: , when: in_channels > 3 and not in_width < 4}", True),
    "no condition": ("- {relu: , when: 1}", False),
    "a repeat": ("- {relu: , repeat: 2 * 3, freeze: true}", True),
    "half a repeat": ("- {relu: , repeat: 0.5}", False),
    "a gap": ("- conv: {filters: , kernel: 3}", False),
    "an empty mapping": ("- batch_norm: {}", True),
}


@pytest.mark.parametrize(("items", "sound"), ITEMS.values(), ids=ITEMS)
def test_items(items: str, sound: bool) -> None:
    found = faults(HEAD + "\n".join(f"  {line}" for line in items.split("\n")))
    assert (found == []) == sound, found


FILES = {
    "a kind that may be a block": ("blocks: {u: {layers: [relu]}}", "- v: {a: 3}", True),
    "a block of another file": ("include: [a.yaml]", "- v: 3", True),
    "a field from defaults": ("defaults: {conv: {kernel: 3}}", "- conv: 8", True),
    "other defaults": ("defaults: {conv: {bias: false}}", "- conv: 8", False),
    "a field from another file": ("include: [a.yaml]", "- conv: 8", True),
    "arguments may be words": ("args: {n: 8}", "- linear: n", True),
    "an argument of the base": ("extends: a.yaml", "- linear: n", True),
    "no default of that kind": ("defaults: {con: {kernel: 3}}", "- relu", False),
    "no default of that field": ("defaults: {conv: {kernal: 3}}", "- relu", False),
    "a block's defaults": ("blocks: {u: {layers: []}}\ndefaults: {u: {a: 1}}", "- u", True),
    "a field in a block": ("blocks: {u: {layers: [{conv: 3}]}}", "- u", False),
    "a block's argument": ("blocks: {u: {args: {n: }, layers: [{linear: n}]}}", "- u: 3", True),
    "a block of a kind's name": ("blocks: {relu: {layers: []}}", "- relu", False),
    "an argument's name": ("args: {in_width: 3}", "- relu", False),
    "a head": ("outputs: {a: {from: b, layers: [relu]}, c: b}", "- relu", True),
    "a head from nowhere": ("outputs: {a: {layers: [relu]}}", "- relu", False),
    "a head's layers": ("outputs: {a: {from: b, layers: [rleu]}}", "- relu", False),
    "fit": ("fit: exact", "- relu", False),
    "an unknown key": ("inputs: 3x32x32", "- relu", False),
    "no layers": ("", "", False),
}


@pytest.mark.parametrize(("rest", "item", "sound"), FILES.values(), ids=FILES)
def test_files(rest: str, item: str, sound: bool) -> None:
    layers = f"layers:\n  {item}" if item else "layers: []"
    found = faults(f"input: 3x32x32\n{rest}\n{layers}")
    assert (found == []) == sound, found


def test_a_spec_has_input_and_layers_or_a_base() -> None:
    assert faults("extends: a.yaml\ninput: 3x8x8") == []
    assert faults("extends: a.yaml\nlayers: [relu]") == []
    assert faults("input: 3x8x8")
    assert faults("layers: [relu]")
    assert faults("blocks: {u: {layers: [{conv: 3}]}}") == [], "whoever includes it has defaults"
    assert faults("name: nothing")


# -- fields, value by value -----------------------------------------------------------------

VALUES = """
0|1|3|-1|+3|3.0|1.5|0.5|.5|1.|1e3|1e-3|1000000000|10000000000|25_600|1__0|010|00|0x3|0x0|0o7|1x7
7x1x1|3x3x3x3|0x3x1|3X3|3 x 3|1:30|true|True|TRUE|false|yes|no|on|off|Yes|null|~|None|''|' '
[1, 7]|[7]|[]|[1, 2, 3, 4]|[0, 1]|[-1, 1]|[1.5, 2]|[half, 1]|[[0, 1], [0, 1]]|[[0, 1]]|[[0]]
[[0, 1, 2]]|[[]]|[1x2, 3]|"[1, 7]"|"(1, 7)"|"[[0, 1]]"|{a: 1}|{}|half|same|valid|floor|ceil|relu
relu6|hafl|swish|all|linear|2 * 3|2*3|2 ** 3|7 // 2|7 / 2|8 / 2|7 % 4|-(-3)|- 3|(1 + 2) * 3
((3))|3 +|* 3|3 3|3)|(3|1 < 2|1 == 2|not true|not 1|true and false|true or 1|3 if true else 4
"half if 1 < 2 else same"|"max(1, 2)"|max(3|min()|"min([3, 4])"|divisible(30)
"divisible(30, by=16)"|"round(2.6)"|ceil(2.5)|sqrt(9)|int(2.5)|open(3)|"[3, 4][1]"|"[3, 4][7]"
in_channels|2 * in_channels|i|width|2 * width|channels(stem)|channels(3)|64k|50%|"1,000"
"1, 000"|3;4|3 & 4|3 ^ 4|~3|3 is 3|lambda|"lambda: 3"|f"3"|'"half"'|"'half'"|3 in [3]
"3 not in [3, 4]"|a.b|(3).real|3j|0.5x3|1e400|9**9**9|1/0|# 3|3 # three|x=3|by=3|"(k := 3)"|*|!
3!|$3|@3|`3`|stem|[1, none]|-0|0.0|2|2.0|1e9|1e10|.inf|-.inf|.nan
"""

TEXTS = [value for line in VALUES.strip().split("\n") for value in line.split("|")]
"""Values in all forms that a field meets, sound and not."""


class Some:
    """What arrives, and every layer in reach."""

    shape = (4, 8, 8)
    output: Any = None  # set below, to itself: the output of a pool
    layer = LAYERS["max_pool"](2)
    outputs: ClassVar[dict[str, Any]] = {}
    runs = ()


Some.output = Some

NAMES: dict[str, Any] = {"i": 0, "width": 16}


def is_taken(wanted: FieldType, value: str) -> bool:
    """Whether the language takes a value for a field."""
    node = tree.read(Source("value", f"value: {value}"), Diagnostics())
    if not isinstance(node, tree.Mapping):
        return False
    reach = {"stem": Some()}.get
    given = node.entries[0][1]
    try:
        if isinstance(wanted, FreeText):  # no expression
            return isinstance(given, tree.Scalar) and bool(wanted.accept(given.text))
        scope = Scope(NAMES, Some(), reach, (), Diagnostics())
        wanted.accept(scope.value(given))
    except (*QUIET, FieldError):
        return False
    return True


def types() -> dict[str, FieldType]:
    """One field of each type, with its bounds and words."""
    fields = [field for layer in LAYERS.values() for field in layer.fields.values()]
    return {f"{type(f.type).__name__}: {f.type.wants}": f.type for f in fields}


every_type = pytest.mark.parametrize("wanted", types().values(), ids=types())


def readable(value: str) -> bool:
    """Whether it is YAML at all, without what a spec refuses."""
    diagnostics = Diagnostics()
    tree.read(Source("value", f"value: {value}"), diagnostics)
    return not list(diagnostics)


@every_type
def test_no_false_alarm(wanted: FieldType) -> None:
    """Whatever the language takes for a field, the schema does."""
    values = [value for value in (*TEXTS, *wanted.words) if readable(value)]
    taken = [value for value in values if is_taken(wanted, value)]
    assert taken
    assert [value for value in taken if not valid(accepted(wanted), value)] == []


NONSENSE = """
yes|no|on|off|Yes|NO|''|' '|1:30|64k|50%|"1,000"|3 x 3|3 3|3X3|3 +|3!|$3|"`3`"|~3|{a: 1}|{}|[]
3 & 4|3 ^ 4|3 is 3|3;4|x=3|a.|(3).real|3j|0.5x3|open(3)|f"3"|"lambda: 3"|"(k := 3)"|None|lambda
3 # three
"""


@every_type
def test_nonsense_is_refused(wanted: FieldType) -> None:
    values = [value for line in NONSENSE.strip().split("\n") for value in line.split("|")]
    kept = [value for value in values if valid(accepted(wanted), value)]
    if isinstance(wanted, LayerShape):  # what looks like nonsense may be what a layer is called
        kept = [value for value in kept if not re.fullmatch(patterns.REFERENCE, value)]
    assert [value for value in kept if not is_taken(wanted, value)] == []


BY_TYPE = {
    "whole number": (
        "linear: {}",
        "3|+3|2 * 3|width|25_600",
        "0|-1|1.5|.5|true|[1]|1x7|10000000000",
    ),
    "number": ("local_response_norm: {size: 5, alpha: {}}", "3|-1|1.5|1e-3|1 / 3", "true|[1]|1x7"),
    "share": ("dropout: {}", "0|1|0.5|1 / 3", "-0.1|1.5|50%|true"),
    "truth": ("batch_norm: {affine: {}}", "true|False|not true|1 < 2", "0|1|1.5|yes|[true]"),
    "word": (
        "upsample: {scale: 2, mode: {}}",
        "cubic|nearest if 1 < 2 else cubic",
        "3|true|[linear]",
    ),
    "size": (
        "max_pool: {}",
        "3|1x7|[1, 7]|2x2x2",
        "0|-1|1.5|true|0x7x1|[0, 1]|[]|[1, 1, 1, 1]|[[1]]",
    ),
    "open size": (
        "adaptive_avg_pool: {}",
        "7|1x7|[1, none]|[none, 2 * width, 1]",
        "0|1.5|true|[]|[1, 0]|[1, 2, 3, none]",
    ),
    "factor": (
        "upsample: {}",
        "2|1.5|2x3|[1.5, 2]|1 / 3|width",
        "0|-1|true|[0, 1]|[]|[1, 1, 1, 1]|1.5x2",
    ),
    "padding": (
        "conv: {filters: 8, kernel: 3, padding: {}}",
        "0|same|0x1x1|[0, 1]",
        "-1|true|[-1]",
    ),
    "edges": ("pad: {}", "0|2|[1, 2]|[[0, 1], [1, 0]]|1x2", "-1|true|[[1]]|[[0, 1, 2]]|[-1]"),
    "table": (
        "conv: {filters: 2, kernel: 3, table: {}}",
        "[[0], [0, 1]]",
        "3|[0, 1]|[[-1], [0]]|[[0.5], [0]]",
    ),
    "nothing": ("relu: {}", "|{}", "6|true|[]|{slope: 1}|null"),
}
ROWS = [
    pytest.param(item.replace("{}", value), expected, id=f"{name} {value}")
    for name, (item, sound, unsound) in BY_TYPE.items()
    for values, expected in ((sound, True), (unsound, False))
    for value in values.split("|")
    if (name, value) != ("nothing", "null")  # a YAML reader takes the word for nothing
]


@pytest.mark.parametrize(("item", "sound"), ROWS)
def test_values_of_fields(item: str, sound: bool) -> None:
    head = "input: 3x32x32\nargs: {width: 8}\nlayers:\n  - "
    found = faults(f"{head}{item}")
    assert (found == []) == sound, found


READ_AS_NUMBERS = ("010", "0o7", "0x10", "1e3", "3.0")


@pytest.mark.parametrize("value", READ_AS_NUMBERS)
def test_what_yaml_reads_as_a_number_is_one(value: str) -> None:
    """The schema is handed the number, not the text: what it looks like is out of its sight."""
    assert isinstance(load(value), int | float)
    assert faults(f"{HEAD}  - linear: {value}") == []


# -- recipes --------------------------------------------------------------------------------

RECIPES = {
    "epochs": ("3|2 * 3|1_000|", "0|1.5|none|true|[3]|n"),
    "steps": ("100|none|", "0|some"),
    "batch": ("64", "none|0"),
    "optimizer": (
        "sgd|adamw||{kind: sgd, momentum: 0.9, nesterov: true}|{beta1: 0.8}|{kind: adadelta}|{}",
        "sdg|3|[sgd]|none|{kind: sgd, beta1: 0.9}|{momentum: 0.9}|{kind: adam, momentum: 0.9}"
        "|{kind: sgd, momentum: 1}|{kind: sgd, momentum: a}|{kind: sgd, nesterov: 1}"
        "|{kind: sdg}|{kind: }|{kind: adam, epsilon: 0}",
    ),
    "learning_rate": ("0.1|1e-3|1 / 3|none", "0|-1|fast|true|[1]"),
    "schedule": (
        "cosine|plateau|{kind: steps, after: [80, 120], factor: 0.1}|{kind: steps, after: 80}"
        "|{kind: plateau, patience: 3, lowest: 0.01}|{warmup: 0.5}|{kind: cosine, final: 1}",
        "linear|{kind: steps, milestones: [80]}|{kind: steps, after: [0]}|{after: 80}"
        "|{kind: cosine, final: 1.5}|{kind: plateau, patience: 0}",
    ),
    "weight_decay": ("1e-4|{rate: 1e-4, norms: false}|0", "-1|{biases: no}|{rat: 1}|none|[1]"),
    "loss": ("mse|cross_entropy|none|", "l2|3|true"),
    "label_smoothing": ("0.1|0", "1|-0.1|some"),
    "accumulate": ("4|1", "0|some|none"),
    "class_weights": (
        "balanced|{cat: 2, 3: 0.5}|{}|none|",
        "even|2|[1, 2]|{cat: 0}|{cat: -1}|{cat: a}|{cat: balanced}",
    ),
    "ema": ("0.999|0|none", "1|-0.1|some|{decay: 0.9}"),
    "auxiliary": ("{aux: 0.3}|{a: 1, b.c: 2 * 3}|{}", "aux|0.3|[aux]|{aux: -1}|{aux: a}"),
    "clip_norm": ("1|none", "0|yes"),
    "freeze": ("encoder|[encoder, stage1.0]|[]", "{encoder: true}|[[encoder]]"),
    "recompute": ("all|encoder|[encoder, stage1.0]|[]", "{encoder: true}|[[encoder]]"),
    "augment": (
        "{flip: horizontal, crop: 4, rotation: 15, colour: 0.4}|{}||{mixup: 0.2, cutmix: 1}",
        "flip|3|{flip: left}|{flip: true}|{mixup: -1}|{mixip: 0.2}|{color: 0.1}|{crop: 0.5}"
        "|{rotation: 200}",
    ),
    "resize": ("true|false", "yes|1|some"),
    "validation": ("0|0.2", "1|none"),
    "early_stopping": ("5|{patience: 5}|none|", "soon|0|{patienc: 5}|[5]"),
    "precision": ("float16", "fp16|16"),
    "seed": ("0", "-1"),
}


@pytest.mark.parametrize(
    ("written", "sound"),
    [
        pytest.param(f"{field}: {value}", sound, id=f"{field} {value}")
        for field, columns in RECIPES.items()
        for values, sound in zip(columns, (True, False), strict=True)
        for value in values.split("|")
    ],
)
def test_recipes(written: str, sound: bool) -> None:
    """The schema refuses of one field what the language does."""
    diagnostics = Diagnostics()
    root = tree.read(Source("recipe", written), diagnostics)
    assert root
    recipe_of(root, diagnostics)
    found = faults(f"{HEAD}  - relu\ntrain:\n  {written}")
    assert [not list(diagnostics), found == []] == [sound, sound], found


@pytest.mark.parametrize("field", [f for f in Recipe._fields if f not in PARTS])  # paths, looked up
def test_no_false_alarm_in_recipes(field: str) -> None:
    taken = []
    for value in (*TEXTS, "none", "sgd", "cosine", "mse", "error", "float32"):
        diagnostics = Diagnostics()
        root = tree.read(Source("recipe", f"{field}: {value}"), diagnostics)
        if root:
            recipe_of(root, diagnostics)
        if root and not list(diagnostics):
            taken.append(value)
    assert taken
    part = SCHEMA["properties"]["train"]["properties"][field]
    assert [value for value in taken if not valid(part, value)] == []


def test_a_recipe_has_its_fields_with_their_meaning() -> None:
    properties, meanings = SCHEMA["properties"]["train"]["properties"], documented(Recipe)
    assert list(properties) == list(Recipe._fields)
    for name, meaning in meanings.items():
        assert properties[name]["description"].startswith(meaning.replace("`", ""))


# -- expressions ----------------------------------------------------------------------------

TOKENS = (
    """
3|0|1.5|.5|1e3|1_000|010|64k|i|width|in_channels|stem|max|min|round|divisible|channels|by|=|==|!=
<|<=|>|>=|+|-|*|/|//|%|**|(|)|[|]|,|and|or|not|in|if|else|is|lambda|None|true|false|True|'|.|:
""".strip()
    .replace("\n", "|")
    .split("|")
)


def has_value(text: str) -> bool:
    """Whether an expression has a value, where `width` and a layer `stem` are known."""
    scope = Scope(NAMES, Some(), {"stem": Some()}.get, (), Diagnostics())
    try:
        parse(text).value(scope.name_in_expression, Budget())
    except (ExpressionError, UnknownNameError):
        return False
    return True


def test_expressions_at_random_raise_no_false_alarm() -> None:
    rolls = random.Random(20)
    drawn = {
        rolls.choice(("", " ")).join(rolls.choices(TOKENS, k=rolls.randint(1, 7)))
        for _ in range(30_000)
    }
    sound = [text for text in drawn if has_value(text)]
    assert len(sound) > 100
    assert [text for text in sound if not re.search(patterns.EXPRESSION, text)] == []


FORMS = """
3|1_000|.5|1e-3|width|in_channels|channels(stem)|(A)|-A|A + A|A*A|A // A|A ** 2|A<=A|A == A|A != A
not A|A and A|A or A|A if A else A|max(A, A)|min( [A, A] )|divisible(A, by = 8)|[A, A][ 0 ]
A in (A,)|A not in [A]|'word' == A|(A, A)|[]
""".strip().replace("\n", "|")


def test_expressions_by_their_grammar_match() -> None:
    rolls, forms = random.Random(7), FORMS.split("|")
    for _ in range(3_000):
        text = "A"
        while "A" in text:
            small = len(text) < 60
            text = text.replace("A", rolls.choice(forms if small else forms[:7]), 1)
        assert re.search(patterns.EXPRESSION, text), text


@pytest.mark.parametrize("sign", ["(", "not ", "- ", "3,", "3 + ", "min(", "[", "3)", "3 ,", "  "])
def test_long_texts_are_soon_refused(sign: str) -> None:
    """No pattern takes more than its text's length to fail, squared: editors ask at every key."""
    assert not re.search(patterns.EXPRESSION, f"{sign * 2000}$")


# -- expectations ---------------------------------------------------------------------------

FIGURES = """
3|0|25_557_032|25.6M|25.6 M|0.39M|4G|4B|1T|3K|3k|0.5|at most 30M|at least 224|<= 30M|">= 3"|at most
<3|"30 M "|about 3|many|-3|3x3|2048x7x7|35x3|3x|x3|1_000.5K|[1, 2]|{a: 1}|true|yes|''
""".strip().replace("\n", "|")


@pytest.mark.parametrize("value", FIGURES.split("|"))
@pytest.mark.parametrize("metric", EXPECTED)
def test_expectations(metric: str, value: str) -> None:
    spec = f"expect:\n  {metric}: {value}"
    diagnostics = Diagnostics()
    root = tree.read(Source("spec", spec), diagnostics)
    assert isinstance(root, tree.Mapping)
    check_form(root.entries[0][1], diagnostics)
    found = faults(f"{HEAD}  - relu\n{spec}")
    assert (found == []) == (not list(diagnostics)), found
