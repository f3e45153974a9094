"""Expectations and budgets: `CNN6xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN601": page(
        "not an expectation, or no published error",
        """`expect` maps metrics to what they must be: exact (`25_557_032`), to the digits written
        (`25.6M`), bounded (`at most 30M`, `at least 224`), or a shape for `output`. Under
        `layers` stand expectations of single layers, by their paths. `published` has errors in
        percent, `top1` or `top5`, and texts, `protocol` and `source`.""",
        """
input: 3x32x32
layers:
  - relu
expect:
  parameters: 0
""",
        """
input: 3x32x32
layers:
  - relu
expect:
  params: 0
  layers: {relu: {output: 3x32x32}}
""",
    ),
    "CNN602": page(
        "what is expected is not so",
        """A number or shape under `expect` is not the network's, for its default arguments. Either
        the network has changed without intent, or the figure is to be brought up to date: the
        hint has it to the digits that were written. `cnncalc check` compares; `cnncalc analyze`
        does not. A value left empty (`params:`) is a blank: not sound before it is filled in.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
expect:
  params: 446
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
expect:
  params: 448
""",
        ignorable=True,
    ),
    "CNN603": page(
        "what is expected has no such layer",
        """A path under `expect`'s `layers` leads to no layer, group or output of the network.
        `cnncalc analyze SPEC --depth all` shows all paths.""",
        """
input: 3x32x32
layers:
  - {name: features, conv: {filters: 16, kernel: 3}}
expect:
  layers: {featres: {output: 16x30x30}}
""",
        """
input: 3x32x32
layers:
  - {name: features, conv: {filters: 16, kernel: 3}}
expect:
  layers: {features: {output: 16x30x30}}
""",
        ignorable=True,
    ),
    "CNN604": page(
        "what is expected is not known",
        """A receptive field is expected of a layer that has lost its place in the input, as after
        global pooling or `flatten`: its field is not a number of pixels. Expect that of the
        last layer whose field is local.""",
        """
input: 3x4x4
layers:
  - {name: features, conv: {filters: 16, kernel: 3}}
  - global_avg_pool
expect:
  layers: {global_avg_pool: {receptive_field: 3}}
""",
        """
input: 3x4x4
layers:
  - {name: features, conv: {filters: 16, kernel: 3}}
  - global_avg_pool
expect:
  layers: {features: {receptive_field: 3}}
""",
        ignorable=True,
    ),
    "CNN605": page(
        "over budget",
        """The project's settings bound a total of every network, or say what memory a step of
        training has to fit in, and this one is beyond it. The budget, or `fits`, stands in the
        nearest `cnncalc.toml`, or under `[tool.cnncalc]` of the nearest `pyproject.toml`. Make the
        network smaller, raise the budget, or except this spec by a comment,
        `# cnncalc: ignore[CNN605]`, at the end of the line that is shown.""",
        "$ cnncalc check huge.yaml",
        """
name: Small enough                     # max_params = 1000
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
""",
        ignorable=True,
    ),
}
