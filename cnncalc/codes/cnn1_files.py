"""YAML and files: `CNN1xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN101": page(
        "not YAML",
        """The text is not YAML: a bracket or a quote is left open, a line is indented by a tab or
    not as deep as its neighbours, or a value holds `: `, which YAML takes for a key. Nothing
    behind that place can be read.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3
  - relu
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
""",
    ),
    "CNN102": page(
        "a key is given twice",
        """A mapping holds one key twice. YAML readers would silently take the last; which one was
    meant only the author knows.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, filters: 32}
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3}
""",
    ),
    "CNN103": page(
        "anchors, aliases, merge keys and tags",
        """YAML can repeat a value by an anchor (`&a`), an alias (`*a`) or a merge key (`<<`), and
    force a type by a tag (`!!int`). A spec has its own words for what is the same: `blocks`
    with arguments, `repeat`, `args`, `defaults`; they are checked, and shown in messages and
    paths. Keys are plain words, never lists or mappings.""",
        """
input: 3x32x32
layers:
  - conv: &small {filters: 16, kernel: 3}
""",
        """
input: 3x32x32
defaults:
  conv: {kernel: 3}
layers:
  - conv: 16
  - relu
  - conv: 16
""",
    ),
    "CNN104": page(
        "a second document",
        """`---` inside a file begins a second YAML document. A spec is one document, a file one
    spec; what several specs share stands in a file that they `include` or `extend`.""",
        """
input: 3x32x32
layers:
  - relu
---
input: 1x28x28
""",
        """
input: 3x32x32
layers:
  - relu
""",
    ),
    "CNN105": page(
        "nested too deep",
        """Lists and mappings stand in each other more than 64 deep. No network needs that: a piece
    with a name, in `blocks`, takes its content out of the nest.""",
        "input: " + "[" * 70 + "3" + "]" * 70,
        """
input: [3, 32, 32]
layers:
  - relu
""",
    ),
    "CNN106": page(
        "the file is too large",
        """A spec has at most 8 MiB and a million values, thousands of times what a written network
    needs. What repeats is written once, in `blocks`, and called; `repeat` and `rows` call it
    many times.""",
        "$ cnncalc analyze huge.yaml",
        """
input: 3x32x32
layers:
  - repeat: 1000
    layers: [{conv: {filters: 16, kernel: 3, padding: half}}, relu]
""",
    ),
    "CNN107": page(
        "the file cannot be read",
        """There is no such file, it is a folder or a device, it may not be read, or it holds no
    text: a spec is a text file in UTF-8, without control characters. A file that `extends` or
    `include` names is looked for beside the file that names it.""",
        """
include: [no_such_file.yaml]
input: 3x32x32
layers:
  - relu
""",
        """
input: 3x32x32
layers:
  - relu
""",
    ),
    "CNN108": page(
        "the file is no spec",
        """A spec is a mapping from keys (`input`, `layers`, ...) to values, a library one with
    `blocks` or `defaults`. This file is empty, a list, no YAML, or its keys are mostly others.
    Nothing of such a file is shown: whatever it is, it is not for a report.""",
        """
- conv: {filters: 16, kernel: 3}
- relu
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
""",
    ),
    "CNN109": page(
        "an expression is cut off",
        """Inside `{...}` and `[...]` YAML ends a value at the next comma or closing bracket:
    `{filters: max(a, b)}` is the two keys `filters: max(a` and `b)`. Quotes keep an expression
    whole.""",
        """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: max(width, 8), kernel: 3}
""",
        """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: "max(width, 8)", kernel: 3}
""",
    ),
    "CNN110": page(
        "no such key",
        """A spec, a block or an output has fixed keys. A misspelt one would change nothing, and
    nobody would notice.""",
        """
input: 3x32x32
layers:
  - relu
expects:
  params: 0
""",
        """
input: 3x32x32
layers:
  - relu
expect:
  params: 0
""",
    ),
    "CNN111": page(
        "no input, or no layers",
        """Two keys make a network: `input`, the shape of what enters it, and `layers`, the list it
    runs through. All sizes follow from them.""",
        """
layers:
  - conv: {filters: 16, kernel: 3}
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
""",
    ),
    "CNN112": page(
        "outside of the project",
        """A spec extends and includes files of its project only: of the folder of its
    `cnncalc.toml`, or of its git repository, whichever is nearer; without either, of its own
    folder; what is piped in, of the working folder. Links are followed to where they lead. The
    specs that ship with cnncalc are open to all. `--root FOLDER` names another folder for one run,
    and `cnncalc.load(path, root=folder)` does in Python; a spec or a settings file cannot.""",
        """
input: 3x32x32
include: [/elsewhere/blocks.yaml]
layers:
  - relu
""",
        """
input: 3x32x32
layers:
  - relu
""",
    ),
}
