"""Comments to cnncalc: `CNN8xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN801": page(
        "a comment ignores nothing",
        """A comment `# cnncalc: ignore[...]` stands on a line that has no such finding. What it
        was written for is gone, or stands elsewhere: a comment ignores what is found on its own
        line.""",
        """
input: 3x32x32
layers:
  - relu                               # cnncalc: ignore[CNN602]
""",
        """
input: 3x32x32
layers:
  - relu
expect:
  params: 1                            # cnncalc: ignore[CNN602]
""",
        ignorable=True,
    ),
    "CNN802": page(
        "a comment that cannot be followed",
        """What follows `# cnncalc:` is `ignore[CODE, ...]`, or `ignore` alone for all of a line.
        The codes must exist, and be such as can be ignored: a spec that cannot be read stays an
        error.""",
        """
input: 3x32x32
layers:
  - relu                               # cnncalc: ignore[CNN401]
""",
        """
input: 3x32x32
layers:
  - relu
expect:
  params: 1                            # cnncalc: ignore[CNN602] to show how
""",
        ignorable=True,
    ),
}
