"""Expectations and budgets: `CNN6xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN601": page(
        "not an expectation",
        """`expect` maps metrics to what they must be: exact (`25_557_032`), to the digits written
    (`25.6M`), bounded (`at most 30M`, `at least 224`), or a shape for `output`. Under `layers`
    stand expectations of single layers, by their paths.""",
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
}
