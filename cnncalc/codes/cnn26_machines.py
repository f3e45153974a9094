"""Machine files: `CNN26x`."""

from cnncalc.codes.page import page

SOUND = """
input: 3x32x32
layers: [flatten, linear: 10]
"""

PAGES = {
    "CNN261": page(
        "a field of a machine file is not known, or missing",
        """A machine file says what a device reached, and what its layers took. A field that it
        does not have would say nothing, and without one that it needs no time can be told.
        `cnncalc profile SPEC... --save machine.yaml` writes them all.""",
        "$ cnncalc analyze resnet50 --machine misspelt.yaml",
        SOUND,
    ),
    "CNN262": page(
        "not a value of this field of a machine file",
        """A field of a machine file holds what no measurement gives: a word for a number, a rate
        of 0, a number below 0, kinds of numbers that there are none of.""",
        "$ cnncalc analyze resnet50 --machine negative.yaml",
        SOUND,
    ),
}
