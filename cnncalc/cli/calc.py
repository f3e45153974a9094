"""`cnncalc calc`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Misused, Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, one_of
from cnncalc.commands import formats


def calc(
    layer: Annotated[
        str, Positional(help='A layer: "conv: {filters: 64, kernel: 3}".', completes="kinds")
    ],
    shape: Annotated[
        str | None, Option("--input", metavar="SHAPE", help="What it reads: 3x32x32.")
    ] = None,
    want: Annotated[
        str | None,
        Option("--want", metavar="SIZES", help="Say what makes its output so large: 16x16."),
    ] = None,
    values: Annotated[
        str | None,
        Option(
            "--values",
            metavar="NUMBERS|FILE",
            help='Show what it makes of numbers: "101 010 101", "1 2; 3 4", .csv, .npy, a picture.',
        ),
    ] = None,
    kernel: Annotated[
        str | None,
        Option(
            "--kernel",
            metavar="NUMBERS|FILTER|FILE",
            help="Its weights: numbers, or edge, blur, sobel, ....",
        ),
    ] = None,
    bias: Annotated[str | None, Option("--bias", metavar="NUMBERS", help="Its biases.")] = None,
    mean: Annotated[
        str | None, Option("--mean", metavar="NUMBERS", help="The running mean of a norm.")
    ] = None,
    variance: Annotated[
        str | None,
        Option("--variance", metavar="NUMBERS", help="The running variance of a norm."),
    ] = None,
    training: Annotated[
        bool, Option("--training", help="A norm takes the statistics of the values.")
    ] = False,
    matrix: Annotated[
        bool, Option("--matrix", help="Show it as the one matrix that it multiplies with.")
    ] = False,
    at: Annotated[
        str | None,
        Option("--at", metavar="ROW,COLUMN", help="The output to write out. [default: the first]"),
    ] = None,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write the outputs: .csv, .npy, .png."),
    ] = None,
    force: Force = False,
    form: Annotated[str, one_of(formats.EXPLAINED)] = formats.EXPLAINED[0].name,
) -> int:
    """Compute one layer, without a file; with --values, on numbers."""
    given = {"kernel": kernel, "bias": bias, "mean": mean, "variance": variance}
    on_numbers = bool(values is not None or any(given.values()) or at or training or output)
    if form != formats.EXPLAINED[0].name and (matrix or on_numbers):
        raise Misused(f"--format {form} goes without numbers and --matrix")
    if matrix and not (training or want):
        from cnncalc.commands.calc_matrix import calc_matrix

        return run(lambda: calc_matrix(layer, shape, values, given, at, output, force))
    if not (on_numbers or matrix):
        from cnncalc.commands.calc import calc as command

        return run(lambda: command(layer, shape, want, form))
    from cnncalc.commands.calc_values import calc_values

    return run(
        lambda: calc_values(layer, shape, values, given, at, training, output, force, want, matrix)
    )
