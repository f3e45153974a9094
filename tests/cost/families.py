"""Specs that cost much to read, each a function of a size: a table of bombs.

A family's text grows as its size does, or a little text asks for much. What is asked of each stands
in `test_cost`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import cycle, islice, pairwise
from typing import NamedTuple


class Family(NamedTuple):
    """A bomb.

    text: of a size; small, large: the sizes that are run, the second in a thorough run
    """

    text: Callable[[int], str]
    small: int
    large: int


def spec(items: Iterable[str], head: str = "input: 3x32x32") -> str:
    """A spec with these items, one a line."""
    return "\n".join([head, "layers:", *(f"- {item}" for item in items), ""])


def entries(section: str, lines: Iterable[str]) -> str:
    """A section with these entries, one a line."""
    return "\n".join([f"{section}:", *(f"  {line}" for line in lines), ""])


# -- values -----------------------------------------------------------------------------------


def lists_of_lists(levels: int) -> str:
    """Arguments that hold the one before eight times: 8^levels elements."""
    rows = ["a0: [1,1,1,1,1,1,1,1]"]
    rows += [f"a{new}: [{','.join([f'a{old}'] * 8)}]" for old, new in pairwise(range(levels))]
    return entries("args", rows)


def of_lists(use: str, head: str = "input: 3x32x32\n") -> Callable[[int], str]:
    """The lists of lists, used somehow: `LAST` stands for the largest."""

    def text(levels: int) -> str:
        last = f"a{max(levels - 1, 0)}"
        return head + lists_of_lists(levels) + use.replace("LAST", last) + "\n"

    return text


VALUES = {
    "lists as a field": of_lists("layers: [{linear: LAST}]"),
    "lists as a size": of_lists("layers: [{conv: {filters: 4, kernel: LAST}}]"),
    "lists as margins": of_lists("layers: [{pad: LAST}]"),
    "lists as a table": of_lists("layers: [{conv: {filters: 8, kernel: 3, table: LAST}}]"),
    "lists as a number": of_lists("layers: [{batch_norm: {eps: LAST}}]"),
    "lists as a truth": of_lists("layers: [{conv: {filters: 4, kernel: 3, bias: LAST}}]"),
    "lists as a word": of_lists("layers: [{max_pool: {kernel: 2, rounding: LAST}}]"),
    "lists as an input": of_lists("layers: [relu]", "input: LAST\n"),
    "lists as a condition": of_lists("layers: [{relu: , when: LAST}]"),
    "lists as a repeat": of_lists("layers: [{relu: , repeat: LAST}]"),
    "lists as a reference": of_lists("layers: [{relu: , from: LAST}]"),
    "lists as rows": of_lists(
        "layers: [{each: [n], rows: [[LAST], [LAST]], layers: [{linear: n}]}]"
    ),
    "lists as an argument": of_lists(
        "blocks: {unit: {args: {n: }, let: {m: [n, n]}, layers: [{linear: m}]}}\n"
        "layers: [{unit: LAST}]"
    ),
    "lists of an argument unused": of_lists(
        "blocks: {unit: {args: {n: }, layers: [relu]}}\nlayers: [{unit: LAST, repeat: 9}]"
    ),
    "lists that are equal": of_lists("layers: [{relu: , when: '[LAST] == [[LAST, LAST][0]]'}]"),
    "lists that are ordered": of_lists("layers: [{relu: , when: 'LAST < LAST'}]"),
    "lists within lists": of_lists("layers: [{relu: , when: '[1] in [LAST, LAST]'}]"),
    "least of lists": of_lists("layers: [{linear: 'min(LAST)'}]"),
    "sum of lists": of_lists("layers: [{linear: 'LAST + 1'}]"),
    "choice of lists": of_lists("layers: [{relu: , when: '(LAST if true else 1)[0][0] == 2'}]"),
    "lists in expectations": of_lists("layers: [relu]\nexpect: {params: LAST}"),
}


def pairs_of_pairs(levels: int) -> str:
    """Twice the one before, level by level, through `let`: 2^levels elements."""
    lets = ", ".join(f"b{n}: [b{n - 1}, b{n - 1}]" for n in range(1, levels))
    blocks = f"blocks: {{unit: {{let: {{b0: 1, {lets}}}, layers: [{{linear: b{levels - 1}}}]}}}}"
    return f"input: 8\n{blocks}\nlayers: [unit]\n"


def doubled_equal(levels: int) -> str:
    """Two towers of pairs, made alike and apart, and compared."""
    rows = ["a0: [1]", "b0: [1]"]
    for new in range(1, levels):
        rows += [f"{word}{new}: [{word}{new - 1}, {word}{new - 1}]" for word in "ab"]
    return entries("args", rows) + spec([f"{{relu: , when: a{levels - 1} == b{levels - 1}}}"])


def long_sums(size: int) -> str:
    """As many expressions as the file holds."""
    return spec([f"{{linear: {'1+' * 40}{n}}}" for n in range(1, size + 1)], "input: 8")


def sums_of_sums(size: int) -> str:
    """An expression that repeats evaluate over and over."""
    condition = "1 < 2" + " and 1 < 2" * 18
    return spec([f"{{relu: , repeat: {size}, when: {condition}}}"])


def one_long_list(size: int) -> str:
    """A list of a length, as a table of a convolution in a repeat."""
    row = ",".join(["0"] * size)
    return spec([f"{{conv: {{filters: 1, kernel: 1, table: [[{row}]]}}, repeat: 20}}"])


def arguments_in_calls(size: int) -> str:
    """A long list handed to a block over and over."""
    row = ",".join(["0"] * size)
    blocks = "blocks: {unit: {args: {n: }, layers: [{linear: 'n[0] + 1'}]}}\n"
    return f"input: 8\nargs: {{a: [{row}]}}\n{blocks}layers:\n" + "- unit: a\n" * size


def long_words(size: int) -> str:
    """A word of a length as a value of many fields."""
    return f"input: 8\nargs: {{a: {'x' * size}}}\nlayers:\n" + "- linear: a\n" * (size // 10)


# -- faults -----------------------------------------------------------------------------------


def word(number: int) -> str:
    """A word of letters, unlike its neighbours."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    number = number * 7_919 + 104_729
    found = ""
    while number:
        number, rest = divmod(number, 26)
        found += letters[rest]
    return found


def misspelt_kinds(size: int) -> str:
    """Kinds that are close to one of thousands of blocks, and miss it."""
    blocks = entries("blocks", (f"block_{word(n)}: {{layers: [relu]}}" for n in range(size)))
    return "input: 3x8x8\n" + blocks + spec((f"blokc_{word(n)}" for n in range(size)), "")


def misspelt_names(size: int) -> str:
    """Names that are close to one of thousands of arguments."""
    args = entries("args", (f"width_{word(n)}: {n + 1}" for n in range(size)))
    return "input: 8\n" + args + spec((f"linear: widht_{word(n)}" for n in range(size)), "")


def misspelt_layers(size: int) -> str:
    """Layers to read from, none of which is there."""
    named = [f"{{relu: , name: layer_{word(n)}}}" for n in range(size)]
    return spec([*named, *(f"{{relu: , from: lyaer_{word(n)}}}" for n in range(size))])


def misspelt_fields(size: int) -> str:
    """Fields that are close to those of a kind."""
    return spec([f"conv: {{filters: 8, kernel: 3, strid{n}: 1}}" for n in range(size)])


def misspelt_fields_of_one(size: int) -> str:
    """One mapping full of fields that are none."""
    fields = ", ".join(f"strid{n}: 1" for n in range(size))
    return spec([f"conv: {{filters: 8, kernel: 3, {fields}}}"])


def misspelt_arguments(size: int) -> str:
    """A block with many arguments, called with as many others."""
    args = ", ".join(f"width_{word(n)}: 1" for n in range(size))
    given = ", ".join(f"widht_{word(n)}: 1" for n in range(size))
    return f"input: 8\nblocks: {{unit: {{args: {{{args}}}, layers: [relu]}}}}\n" + spec(
        [f"unit: {{{given}}}"], ""
    )


def misspelt_expectations(size: int) -> str:
    """Layers that `expect` speaks of and the network has not."""
    expect = "\n".join(f"    lyaer_{word(n)}: {{params: 0}}" for n in range(size))
    named = spec(f"{{relu: , name: layer_{word(n)}}}" for n in range(size))
    return f"{named}expect:\n  layers:\n{expect}\n"


def misspelt_metrics(size: int) -> str:
    """Metrics that there are none of."""
    return spec(["relu"]) + entries("expect", (f"parms_{word(n)}: 1" for n in range(size)))


def misspelt_keys(size: int) -> str:
    """Keys of a spec that are none."""
    return spec(["relu"]) + "".join(f"laers_{word(n)}: 1\n" for n in range(size))


def misspelt_defaults(size: int) -> str:
    """Defaults of kinds that are none."""
    return entries("defaults", (f"cnov_{word(n)}: {{bias: false}}" for n in range(size))) + spec(
        ["relu"]
    )


def misspelt_recipe(size: int) -> str:
    """Fields of a recipe that are none."""
    return spec(["relu"]) + entries("train", (f"epchs_{word(n)}: 1" for n in range(size)))


def misspelt_parts(size: int) -> str:
    """Parts of the network that a recipe speaks of, and that are not there."""
    named = spec(f"{{linear: 4, name: layer_{word(n)}}}" for n in range(size)).replace(
        "3x32x32", "4"
    )
    parts = ", ".join(f"lyaer_{word(n)}" for n in range(size))
    return f"{named}train: {{optimizer: {{frozen: [{parts}]}}, frozen: [{parts}]}}\n"


def faults_on_one_line(size: int) -> str:
    """All faults stand on one line, which each of them would quote."""
    return "input: 3x8x8\nlayers: [" + ", ".join(f"kind{n}" for n in range(size)) + "]\n"


def faults_on_many_lines(size: int) -> str:
    """Faults on lines of their own."""
    return spec(f"kind{n}" for n in range(size))


def faults_of_shape(size: int) -> str:
    """Layers that cannot read what arrives, each for itself."""
    return spec(["{conv: {filters: 3, kernel: 99}, from: input}"] * size, "input: 3x8x8")


def faults_of_values(size: int) -> str:
    """Fields with values that are none, the same word over and over."""
    return spec(["conv: {filters: 8, kernel: 3, padding: hlaf}"] * size)


def faults_in_calls(size: int) -> str:
    """A faulty block, called often."""
    blocks = "input: 3x8x8\nblocks: {unit: {args: {n: }, layers: [{linear: n}, {linear: m}]}}\n"
    return blocks + spec(["unit: {n: foo}"] * size, "")


def duplicate_keys(size: int) -> str:
    """One key, over and over."""
    return "input: 3x8x8\nlayers:\n- relu\nargs:\n" + "  a: 1\n" * size


def taken_names(size: int) -> str:
    """One name for all layers."""
    return spec(["{relu: , name: same}"] * size)


def cut_in_pieces(size: int) -> str:
    """Expressions that a comma cuts in pieces."""
    return "input: 3x8x8\nlayers: [" + ", ".join(["{linear: max(1, 2)}"] * size) + "]\n"


def open_brackets(size: int) -> str:
    """Brackets of expressions that never close: each might go on to the end of the list."""
    return "input: 3x8x8\nlayers: [" + ", ".join(["max(1"] * size) + "]\n"


def open_brackets_of_keys(size: int) -> str:
    """The same, as the keys of a mapping."""
    return "input: 3x8x8\nlayers: [{" + ", ".join(f"max(1{n}" for n in range(size)) + "}]\n"


def anchors(size: int) -> str:
    """Anchors, each of them refused."""
    return spec(f"&a{n} relu" for n in range(size))


def unmet(size: int) -> str:
    """Expectations of every layer, none of which holds."""
    expect = "\n".join(f"    l{n}: {{params: 7, macs: 9}}" for n in range(size))
    named = spec(f"{{relu: , name: l{n}}}" for n in range(size))
    return f"{named}expect:\n  layers:\n{expect}\n"


# -- networks ---------------------------------------------------------------------------------


def chain(size: int) -> str:
    """Convolutions, one after another."""
    return spec(["conv: {filters: 3, kernel: 1}"] * size)


def short_words(size: int) -> str:
    """As many layers as the file holds."""
    return f"input: 3x8x8\nlayers: [{'relu,' * size}]\n"


def commented(size: int) -> str:
    """A comment that ignores findings on each line."""
    return spec(["relu  # cnncalc: ignore[CNN602]"] * size)


def repeated(size: int) -> str:
    """Layers by `repeat`."""
    return spec([f"{{linear: 8, repeat: {size}}}"], "input: 8")


def repeated_when(size: int) -> str:
    """Repeats that run nothing."""
    return spec([f"{{relu: , repeat: {size}, when: i < 0}}"])


def empty_tower(size: int) -> str:
    """Blocks that call each other and hold nothing in the end."""
    del size
    blocks = [f"b{n}: {{layers: [{', '.join([f'b{n + 1}'] * 10)}]}}" for n in range(5)]
    return (
        "input: 3x8x8\n"
        + entries("blocks", [*blocks, "b5: {layers: [{relu: , when: false}]}"])
        + "layers: [{b0: , repeat: 9}]\n"
    )


def tower(size: int) -> str:
    """Blocks within blocks, forty deep, each with a condition and an argument handed down."""
    blocks = [
        f"b{n}: {{args: {{n: 1}}, layers: [{{b{n + 1}: {{n: n}}, when: n > 0}}]}}"
        for n in range(40)
    ]
    last = "b40: {args: {n: 1}, layers: [{linear: n}]}"
    return "input: 8\n" + entries("blocks", [*blocks, last]) + spec(["b0: 2"] * size, "")


def nested_groups(size: int) -> str:
    """Groups within groups, side by side."""
    nest = "{layers: [" * 14 + "relu" + "]}" * 14
    return spec([nest] * size)


def nested_joins(size: int) -> str:
    """Joins within joins, side by side."""
    nest = "{add: {a: [" * 10 + "relu" + "], b: [identity]}}" * 10
    return spec([nest] * size)


def shares(size: int) -> str:
    """Layers that all share the weights of one."""
    return spec(["{name: s, conv: {filters: 3, kernel: 1}}", *["{share: s}"] * size])


def shares_of_shares(size: int) -> str:
    """Each group is the one before, twice."""
    levels = max(size.bit_length() - 1, 1)
    items = ["{name: s0, layers: [{conv: {filters: 3, kernel: 1}}]}"]
    items += [
        f"{{name: s{n}, layers: [{{share: s{n - 1}}}, {{share: s{n - 1}}}]}}"
        for n in range(1, levels)
    ]
    return spec(items)


def shares_in_a_row(size: int) -> str:
    """Each layer shares the weights of the one before."""
    items = (f"{{name: s{n + 1}, share: s{n}}}" for n in range(size))
    return spec(["{name: s0, conv: {filters: 3, kernel: 1}}", *items])


def shares_of_large_groups(size: int) -> str:
    """A large group, shared by as many layers as it has."""
    side = max(int(size**0.5), 1)
    group = ", ".join(["relu"] * side)
    return spec([f"{{name: s, layers: [{group}]}}", *["{share: s}"] * side])


def groups_in_repeats(size: int) -> str:
    """A repeat of groups."""
    inner = "[{conv: {filters: 3, kernel: 1}}, {add: {a: [relu], b: [identity]}}]"
    return spec([f"{{layers: {inner}, repeat: {size}}}"])


def wide_join(size: int) -> str:
    """A join of many branches."""
    branches = "\n".join(["    - [relu]"] * size)
    return f"input: 1x2x2\nlayers:\n- concat:\n{branches}\n"


def wide_convolutions(size: int) -> str:
    """A join of branches that hold weights."""
    branches = "\n".join(["    - [{conv: {filters: 1, kernel: 1}}]"] * size)
    return f"input: 1x2x2\nlayers:\n- add:\n{branches}\n- relu\n"


def wide_references(size: int) -> str:
    """A join of one layer, over and over."""
    return f"input: 1x2x2\nlayers:\n- {{relu: , name: a}}\n- concat: [{', '.join(['a'] * size)}]\n"


def dense(size: int) -> str:
    """Every layer reads all before it."""
    side = max(int(size**0.5), 2)
    items = ["{relu: , name: l0}"]
    for n in range(1, side):
        items.append(f"{{name: l{n}, concat: [{', '.join(f'l{k}' for k in range(n))}]}}")
        items.append("{conv: {filters: 1, kernel: 1}}")
    return spec(items, "input: 1x2x2")


def skips(size: int) -> str:
    """Layers that read one far behind."""
    named = [f"{{relu: , name: l{n}}}" for n in range(size)]
    return spec([*named, *(f"{{add: [previous, l{n}]}}" for n in range(size))])


def many_outputs(size: int) -> str:
    """Further outputs, each a layer."""
    lines = (f"o{n}: {{from: a, layers: [{{linear: 2}}]}}" for n in range(size))
    return "input: 8\n" + entries("outputs", lines) + "layers: [{name: a, relu: }]\n"


def plain_outputs(size: int) -> str:
    """Further outputs, all of one layer."""
    lines = (f"o{n}: a" for n in range(size))
    return "input: 8\n" + entries("outputs", lines) + "layers: [{name: a, relu: }]\n"


def many_inputs(size: int) -> str:
    """Inputs by name, joined."""
    inputs = entries("input", (f"i{n}x: 1x2x2" for n in range(size)))
    return inputs + f"layers:\n- concat: [{', '.join(f'i{n}x' for n in range(size))}]\n"


def many_arguments(size: int) -> str:
    """Arguments of the network, each of the one before."""
    args = entries("args", ["a0: 1", *(f"a{n + 1}: a{n}" for n in range(size))])
    return "input: 8\n" + args + spec([f"linear: a{size}"] * 10, "")


def many_arguments_in_calls(size: int) -> str:
    """A block that takes many arguments, called as often as it has."""
    side = max(int(size**0.5), 1)
    args = ", ".join(f"a{n}: {n + 1}" for n in range(side))
    blocks = f"input: 8\nblocks: {{unit: {{args: {{{args}}}, layers: [{{linear: a0}}]}}}}\n"
    return blocks + spec(["unit"] * side, "")


def many_globals_in_calls(size: int) -> str:
    """A network with many arguments, all of which each call of a block carries on."""
    args = entries("args", (f"a{n}: 1" for n in range(size)))
    blocks = "blocks: {unit: {layers: [{linear: a0}]}}\n"
    return "input: 8\n" + args + blocks + spec(["unit"] * size, "")


def arguments_of_one_block(size: int) -> str:
    """A block with many arguments."""
    args = ", ".join(f"a{n}: {n + 1}" for n in range(size))
    blocks = f"input: 8\nblocks: {{unit: {{args: {{{args}}}, layers: [{{linear: a0}}]}}}}\n"
    return blocks + spec(["unit"] * 3, "")


def distinct_calls(size: int) -> str:
    """A block called with another argument each time."""
    blocks = (
        "input: 8\nblocks: {unit: {args: {n: }, layers: [{linear: n}, {add: [[relu], [tanh]]}]}}\n"
    )
    return blocks + spec((f"unit: {n + 1}" for n in range(size)), "")


def alike_calls(size: int) -> str:
    """A block called with the same argument each time."""
    blocks = (
        "input: 8\nblocks: {unit: {args: {n: }, layers: [{linear: n}, {add: [[relu], [tanh]]}]}}\n"
    )
    return blocks + spec(["unit: 8"] * size, "")


def many_blocks(size: int) -> str:
    """Blocks, each called once."""
    blocks = entries("blocks", (f"b{n}: {{layers: [relu]}}" for n in range(size)))
    return "input: 8\n" + blocks + spec((f"b{n}" for n in range(size)), "")


def blocks_of_one_class(size: int) -> str:
    """Blocks whose classes would all have one name."""
    blocks = entries(
        "blocks", (f"b{'_' * n}: {{layers: [{{add: [[relu], [tanh]]}}]}}" for n in range(size))
    )
    return "input: 8\n" + blocks + spec((f"b{'_' * n}" for n in range(size)), "")


def branches_of_one_class(size: int) -> str:
    """Named joins whose classes would all have one name, each unlike the others."""
    items = (
        f"{{name: a{'_' * (n % 60)}{n}, add: {{p{n}: [relu], q: [tanh]}}}}" for n in range(size)
    )
    return spec(items)


def many_rows(size: int) -> str:
    """`each` over a table."""
    rows = ", ".join(f"[{n % 9 + 1}]" for n in range(size))
    return f"input: 8\nlayers:\n- {{each: [n], rows: [{rows}], linear: n}}\n"


def named_rows(size: int) -> str:
    """`each` over a table that names its layers."""
    rows = ", ".join(f"[l{n}]" for n in range(size))
    return f"input: 8\nlayers:\n- {{each: [n], rows: [{rows}], name: n, linear: 8}}\n"


def wide_rows(size: int) -> str:
    """`each` over many columns."""
    side = max(int(size**0.5), 1)
    names = ", ".join(f"c{n}" for n in range(side))
    rows = ", ".join(["[" + ", ".join(["1"] * side) + "]"] * side)
    return f"input: 8\nlayers:\n- {{each: [{names}], rows: [{rows}], linear: c0}}\n"


def wide_columns(size: int) -> str:
    """`each` over very many columns, once."""
    names = ", ".join(f"c{n}" for n in range(size))
    row = ", ".join(["1"] * size)
    return f"input: 8\nlayers:\n- {{each: [{names}], rows: [[{row}]], linear: c0}}\n"


def many_defaults(size: int) -> str:
    """Defaults for thousands of blocks."""
    blocks = (f"b{n}: {{args: {{n: }}, layers: [{{linear: n}}]}}" for n in range(size))
    defaults = (f"b{n}: {{n: {n + 1}}}" for n in range(size))
    return (
        "input: 8\n"
        + entries("blocks", blocks)
        + entries("defaults", defaults)
        + spec((f"b{n}" for n in range(size)), "")
    )


def met(size: int) -> str:
    """Expectations of every layer."""
    expect = "\n".join(f"    l{n}: {{params: 0}}" for n in range(size))
    named = spec(f"{{relu: , name: l{n}}}" for n in range(size))
    return f"{named}expect:\n  layers:\n{expect}\n"


def one_name_of_all(size: int) -> str:
    """Kinds beside names that their counted names would have."""
    named = [f"{{relu: , name: tanh_{n}}}" for n in range(2, size)]
    return spec([*named, *["tanh"] * size])


def names_that_are_taken(size: int) -> str:
    """Branches whose variables would all have one name."""
    items = (f"{{name: 'a{'-' * (n % 90)}{n}', relu: , from: input}}" for n in range(size))
    return spec([*items, "add: [previous, input]"])


def alive_values(size: int) -> str:
    """Values that are all kept to the end."""
    named = [f"{{relu: , name: l{n}, from: input}}" for n in range(size)]
    return spec([*named, f"add: [{', '.join(f'l{n}' for n in range(size))}]"])


def alive_under_one_name(size: int) -> str:
    """Values kept to the end, in groups, whose names in code would be one."""
    named = [
        f"{{name: l{n}, from: input, layers: [{{name: x, relu: }}, tanh]}}" for n in range(size)
    ]
    return spec([*named, f"add: [{', '.join(f'l{n}' for n in range(size))}]"])


def primes(size: int) -> str:
    """Maps stretched and shrunk by rates that have nothing in common."""
    rates = [n for n in range(2, 200) if all(n % k for k in range(2, n))]
    items = (
        f"{{upsample: {one}}}\n- {{max_pool: {{kernel: {other}, padding: half}}}}"
        for one, other in islice(cycle(pairwise(rates[:41])), size)
    )
    return spec(items, "input: 1x99999x99999")


def strides(size: int) -> str:
    """Strides of strides: receptive fields of as many digits as there are layers."""
    return spec(["conv: {filters: 1, kernel: 3, stride: 1000000, padding: 1}"] * size)


def norms(size: int) -> str:
    """Convolutions with norms: the one to fold into the other."""
    return spec(
        ["conv: {filters: 3, kernel: 1, bias: false}", "batch_norm", "relu"] * size, "input: 3x8x8"
    )


def norms_in_one_line(size: int) -> str:
    """The same, in brackets."""
    item = "{conv: {filters: 3, kernel: 1}}, batch_norm, "
    return f"input: 3x8x8\nlayers: [{item * size}]\n"


def norms_in_blocks(size: int) -> str:
    """The same, in blocks."""
    blocks = (
        f"b{n}: {{layers: [{{conv: {{filters: 3, kernel: 1}}}}, batch_norm]}}" for n in range(size)
    )
    return "input: 3x8x8\n" + entries("blocks", blocks) + spec((f"b{n}" for n in range(size)), "")


def linears(size: int) -> str:
    """Linear layers to write as convolutions."""
    return spec(["flatten", *["linear: 4"] * size], "input: 3x8x8")


def unit_convolutions(size: int) -> str:
    """Convolutions of whole maps, to write as linear layers."""
    return spec(
        ["conv: {filters: 4, kernel: 8}", *["conv: {filters: 4, kernel: 1}"] * size], "input: 3x8x8"
    )


# -- texts ------------------------------------------------------------------------------------


def ignores(size: int) -> str:
    """A comment that ignores something on every line."""
    return spec(["relu # cnncalc: ignore"] * size)


def ignores_of_codes(size: int) -> str:
    """Comments that name codes, known and unknown."""
    return spec(["relu # cnncalc: ignore[CNN901, CNN999]"] * size)


def ignores_that_say_nothing(size: int) -> str:
    """Comments that cnncalc cannot read."""
    return spec(["relu # cnncalc: ignroe[CNN901]"] * size)


def ignores_in_texts(size: int) -> str:
    """What looks like a comment, in texts."""
    lines = "\n".join(["  x # cnncalc: ignore"] * size)
    return spec(["relu"] * size) + f"about: |\n{lines}\n"


def ignores_on_one_line(size: int) -> str:
    """Comments within comments."""
    return spec(["relu " + "# cnncalc: " * size])


def spaces_in_comments(size: int) -> str:
    """Comments that are long and end wrongly."""
    return spec([f"relu # cnncalc: ignore{' ' * size}x", f"tanh #{' ' * size}cnncalc:"])


def long_key(size: int) -> str:
    """Keys of a length."""
    return spec([f"conv: {{filters: 8, kernel: 3, {'k' * size}: 1}}", f"{'r' * size}"])


def long_joined_key(size: int) -> str:
    """A key and a value that nothing keeps apart."""
    return spec([f"conv: {{filters: 8, {'k' * size}{' ' * size}: 1}}", f"relu{' ' * size}x: 1"])


def long_name(size: int) -> str:
    """Names of a length, in a nest: paths grow as their product."""
    nest = "".join(f"{{name: {'n' * size}{n}, layers: [" for n in range(14))
    return spec([nest + "relu, " * size + "]}" * 14])


def long_expectation(size: int) -> str:
    """Values of expectations that are long and end wrongly."""
    values = {"params": "1_" * size + "x", "macs": f"at most {' ' * size}x", "output": "1x" * size}
    return spec(["relu"]) + entries("expect", (f"{key}: '{text}'" for key, text in values.items()))


def long_about(size: int) -> str:
    """Texts of a length."""
    return spec(["relu"]) + f"about: '{'`a' * size}'\nname: '{'`n' * size}'\nsource: '{'s' * size}'"


def long_expression(size: int) -> str:
    """Texts that are nearly expressions."""
    return spec(
        [
            f"linear: '{'1' * size}x'",
            f"linear: '{'1x' * size}y'",
            f"linear: '{'1,111' * size}z'",
            f"linear: '{'a.' * size}('",
            f"{{relu: , repeat: '{'1_0' * size}_'}}",
        ]
    )


def blank_lines(size: int) -> str:
    """Lines that say nothing."""
    return "input: 3x8x8\n" + "\n" * size + "layers:\n" + "# \n" * size + "- relu\n- rleu\n"


def spaced_out(size: int) -> str:
    """White space that a search might go back over."""
    return (
        f"input:{' ' * size}3x8x8\nlayers:{' ' * size}\n{' ' * size}\n- relu\n- rleu{' ' * size}\n"
    )


def one_line_of_keys(size: int) -> str:
    """A whole spec in one line, in braces."""
    keys = ", ".join(f"k{n}: {{a: [b]}}" for n in range(size))
    return f"{{{keys}, input: 3x8x8, layers: [relu]}}"


def quotes_and_colons(size: int) -> str:
    """Keys at the left that are nearly none."""
    return "input: 3x8x8\n" + "a:" * size + "\n" + '"' * (size % 2) + "layers: [relu]\n"


def many_sections(size: int) -> str:
    """A file that is no spec, of many keys."""
    return "".join(f"inptu{n}: 1\n" for n in range(size)) + "input: 3x8x8\n"


# -- several outputs --------------------------------------------------------------------------


def joined_runs(size: int) -> str:
    """All runs of a repeat, joined over and over."""
    side = max(int(size**0.5), 1)
    return spec(
        [f"{{name: x, relu: , repeat: {side}}}", *["{from: input, add: all(x)}"] * side],
        "input: 1x2x2",
    )


def lists_that_are_joined(size: int) -> str:
    """A list of layers in a block, joined in a repeat."""
    side = max(int(size**0.5), 1)
    head = "input: 1x2x2\nblocks: {unit: {args: {of: }, layers: [{add: of}]}}"
    return spec([f"{{name: x, relu: , repeat: {side}}}", f"{{unit: all(x), repeat: {side}}}"], head)


def carried_lists(size: int) -> str:
    """A list of layers that each run hands on to the next."""
    side = max(int(size**0.5), 1)
    head = """input: 1x2x2
blocks:
  unit: {args: {of: }, layers: [relu], outputs: {of: of}}"""
    items = [f"{{name: x, relu: , repeat: {side}}}", f"{{name: y, unit: all(x), repeat: {side}}}"]
    return spec([*items, "add: y.of"], head)


def growing_lists(size: int) -> str:
    """A list of layers that grows as it is carried."""
    head = """input: 1x2x2
blocks:
  unit: {args: {of: }, layers: [{name: a, relu: }], outputs: {of: 'of + all(a)'}}"""
    return spec(["{name: x, relu: }", f"{{name: y, unit: all(x), repeat: {size}}}"], head)


def doubled_lists(levels: int) -> str:
    """A list joined to itself, level by level: 2^levels elements."""
    rows = ["a0: [1, 1]", *(f"a{new}: a{old} + a{old}" for old, new in pairwise(range(levels)))]
    return entries("args", rows) + spec([f"linear: len(a{max(levels - 1, 0)})"], "input: 8")


def ranges(size: int) -> str:
    """Lists of numbers, each as long as one may be."""
    return spec(["linear: 'len(range(10000)) + sum(range(9, 99))'"] * size, "input: 8")


def ranges_beyond(size: int) -> str:
    """Lists of numbers that nobody can hold."""
    return spec(["linear: len(range(10 ** 15))"] * size, "input: 8")


def computed_rows(size: int) -> str:
    """Rows of a list that is computed, over and over."""
    side = max(int(size**0.5), 1)
    table = f"{{each: n, rows: range({min(side, 10_000)}), relu: , when: n < 0}}"
    return spec([table] * side)


def outputs_of_runs(size: int) -> str:
    """Groups that let others read a layer, each within a group of its own."""
    inner = "{name: g, layers: [{name: a, relu: }, tanh], outputs: [a]}"
    return spec(
        [f"{{name: x, layers: [{inner}], outputs: {{b: g.a}}, repeat: {size}}}", "add: all(x.b)"]
    )


def names_within_runs(size: int) -> str:
    """Lists that know layers by name, over and over."""
    return spec([f"{{layers: [{{name: a, relu: }}, {{name: b, tanh: }}], repeat: {size}}}"])


def outputs_of_outputs(size: int) -> str:
    """A layer as deep as groups can be, read over and over."""
    item, path = "{name: g, relu: }", "g"
    for _ in range(20):
        item = f"{{name: g, layers: [{item}], outputs: {{a: {path}}}}}"
        path = "g.a"
    return spec([item, *["{from: g.a, relu: }"] * size])


def branches_that_lend(size: int) -> str:
    """Branches that share the weights of the first."""
    lender = "    a: [{name: c, conv: {filters: 1, kernel: 1}}]\n"
    others = "".join(f"    b{n}: [{{name: c, share: a.c}}]\n" for n in range(size))
    return f"input: 1x2x2\nlayers:\n- add:\n{lender}{others}"


def shares_of_itself(size: int) -> str:
    """What is handed to a block that runs it again runs itself, on a smaller map."""
    head = "input: 1x64x64\nblocks: {again: {args: {of: }, layers: [{share: of}]}}"
    calls = ", ".join(["{again: x, when: in_height < 64}"] * min(size, 20))
    return spec([f"{{name: x, layers: [{calls}, relu]}}", "max_pool: 2", "share: x"], head)


def blocks_in_a_circle(size: int) -> str:
    """Blocks that give what the next one gives, the last what the first does."""
    lines = (
        f"b{n}: {{layers: [{{name: x, b{(n + 1) % size}: }}], outputs: {{y: x.y}}}}"
        for n in range(size)
    )
    return "input: 8\n" + entries("blocks", lines) + spec(["{name: x, b0: }", "add: [x, x.y]"], "")


GROWING = {
    "joined runs": Family(joined_runs, 40_000, 1_000_000),
    "lists that are joined": Family(lists_that_are_joined, 40_000, 1_000_000),
    "carried lists": Family(carried_lists, 40_000, 1_000_000),
    "growing lists": Family(growing_lists, 1_000, 100_000),
    "doubled lists": Family(doubled_lists, 12, 60),
    "ranges": Family(ranges, 100, 100_000),
    "ranges beyond": Family(ranges_beyond, 1_000, 100_000),
    "computed rows": Family(computed_rows, 10_000, 1_000_000),
    "outputs of runs": Family(outputs_of_runs, 2_000, 400_000),
    "names within runs": Family(names_within_runs, 4_000, 400_000),
    "outputs of outputs": Family(outputs_of_outputs, 1_000, 100_000),
    "branches that lend": Family(branches_that_lend, 1_000, 60_000),
    "shares of itself": Family(shares_of_itself, 2, 20),
    "blocks in a circle": Family(blocks_in_a_circle, 40, 40_000),

    "towers of pairs": Family(pairs_of_pairs, 20, 60),
    "towers compared": Family(doubled_equal, 20, 40),
    "sums": Family(long_sums, 3_000, 60_000),
    "sums in repeats": Family(sums_of_sums, 3_000, 60_000),
    "one long list": Family(one_long_list, 4_000, 800_000),
    "arguments in calls": Family(arguments_in_calls, 2_000, 100_000),
    "long words": Family(long_words, 10_000, 400_000),
    "misspelt kinds": Family(misspelt_kinds, 1_500, 60_000),
    "misspelt names": Family(misspelt_names, 1_500, 60_000),
    "misspelt layers": Family(misspelt_layers, 1_500, 60_000),
    "misspelt fields": Family(misspelt_fields, 2_000, 100_000),
    "misspelt fields of one": Family(misspelt_fields_of_one, 2_000, 300_000),
    "misspelt arguments": Family(misspelt_arguments, 1_500, 100_000),
    "misspelt expectations": Family(misspelt_expectations, 1_500, 60_000),
    "misspelt metrics": Family(misspelt_metrics, 2_000, 300_000),
    "misspelt keys": Family(misspelt_keys, 2_000, 300_000),
    "misspelt defaults": Family(misspelt_defaults, 2_000, 100_000),
    "misspelt recipe": Family(misspelt_recipe, 2_000, 300_000),
    "misspelt parts": Family(misspelt_parts, 1_500, 50_000),
    "faults on one line": Family(faults_on_one_line, 4_000, 500_000),
    "faults on many lines": Family(faults_on_many_lines, 4_000, 400_000),
    "faults of shape": Family(faults_of_shape, 2_000, 80_000),
    "faults of values": Family(faults_of_values, 2_000, 80_000),
    "faults in calls": Family(faults_in_calls, 2_000, 200_000),
    "duplicate keys": Family(duplicate_keys, 4_000, 400_000),
    "taken names": Family(taken_names, 4_000, 200_000),
    "cut in pieces": Family(cut_in_pieces, 4_000, 200_000),
    "open brackets": Family(open_brackets, 4_000, 400_000),
    "open brackets of keys": Family(open_brackets_of_keys, 4_000, 400_000),
    "anchors": Family(anchors, 4_000, 400_000),
    "unmet": Family(unmet, 2_000, 80_000),
    "convolutions": Family(chain, 4_000, 240_000),
    "short words": Family(short_words, 4_000, 990_000),
    "comments that ignore": Family(commented, 20_000, 30_000),
    "repeats": Family(repeated, 4_000, 1_000_000),
    "repeats of nothing": Family(repeated_when, 4_000, 1_000_000),
    "a tower of nothing": Family(empty_tower, 1, 1),
    "towers": Family(tower, 20, 20_000),
    "nests": Family(nested_groups, 300, 30_000),
    "nested joins": Family(nested_joins, 100, 15_000),
    "shares": Family(shares, 2_000, 300_000),
    "shares of shares": Family(shares_of_shares, 2_000, 500_000),
    "shares in a row": Family(shares_in_a_row, 2_000, 200_000),
    "shares of large groups": Family(shares_of_large_groups, 2_000, 500_000),
    "groups in repeats": Family(groups_in_repeats, 500, 150_000),
    "wide joins": Family(wide_join, 2_000, 300_000),
    "wide convolutions": Family(wide_convolutions, 2_000, 100_000),
    "wide references": Family(wide_references, 2_000, 900_000),
    "dense": Family(dense, 3_000, 900_000),
    "skips": Family(skips, 1_000, 100_000),
    "outputs": Family(many_outputs, 1_500, 100_000),
    "plain outputs": Family(plain_outputs, 2_000, 300_000),
    "inputs": Family(many_inputs, 2_000, 200_000),
    "arguments": Family(many_arguments, 2_000, 300_000),
    "arguments of calls": Family(many_arguments_in_calls, 2_000, 4_000_000),
    "globals in calls": Family(many_globals_in_calls, 1_000, 200_000),
    "arguments of a block": Family(arguments_of_one_block, 2_000, 300_000),
    "distinct calls": Family(distinct_calls, 1_000, 100_000),
    "alike calls": Family(alike_calls, 1_000, 200_000),
    "blocks": Family(many_blocks, 1_000, 100_000),
    "blocks of one class": Family(blocks_of_one_class, 300, 2_500),
    "joins of one class": Family(branches_of_one_class, 500, 50_000),
    "rows": Family(many_rows, 4_000, 450_000),
    "named rows": Family(named_rows, 3_000, 400_000),
    "wide rows": Family(wide_rows, 4_000, 900_000),
    "columns": Family(wide_columns, 2_000, 400_000),
    "defaults": Family(many_defaults, 1_000, 60_000),
    "met": Family(met, 2_000, 100_000),
    "counted names": Family(one_name_of_all, 2_000, 200_000),
    "taken variables": Family(names_that_are_taken, 1_000, 60_000),
    "alive": Family(alive_values, 1_000, 100_000),
    "alive under one name": Family(alive_under_one_name, 500, 80_000),
    "primes": Family(primes, 40, 50_000),
    "strides": Family(strides, 500, 100_000),
    "norms": Family(norms, 300, 80_000),
    "norms in one line": Family(norms_in_one_line, 300, 150_000),
    "norms in blocks": Family(norms_in_blocks, 300, 60_000),
    "linears": Family(linears, 400, 300_000),
    "unit convolutions": Family(unit_convolutions, 400, 200_000),
    "ignores": Family(ignores, 3_000, 300_000),
    "ignores of codes": Family(ignores_of_codes, 2_000, 180_000),
    "ignores that say nothing": Family(ignores_that_say_nothing, 2_000, 200_000),
    "ignores in texts": Family(ignores_in_texts, 2_000, 200_000),
    "ignores on one line": Family(ignores_on_one_line, 2_000, 700_000),
    "spaces in comments": Family(spaces_in_comments, 10_000, 4_000_000),
    "long key": Family(long_key, 10_000, 4_000_000),
    "long joined key": Family(long_joined_key, 300, 2_000_000),
    "long name": Family(long_name, 90, 400_000),
    "long expectation": Family(long_expectation, 10_000, 1_500_000),
    "long about": Family(long_about, 10_000, 1_500_000),
    "long expression": Family(long_expression, 10_000, 600_000),
    "blank lines": Family(blank_lines, 10_000, 1_500_000),
    "spaced out": Family(spaced_out, 10_000, 1_500_000),
    "one line of keys": Family(one_line_of_keys, 2_000, 300_000),
    "quotes and colons": Family(quotes_and_colons, 10_000, 4_000_000),
    "no sections": Family(many_sections, 3_000, 400_000),
}  # fmt: skip

FAMILIES = {
    **{name: Family(text, 8, 30) for name, text in VALUES.items()},
    **GROWING,
}
