"""`cnncalc import`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force


def import_model(
    name: Annotated[
        str,
        Positional(
            metavar="MODEL",
            help="package.module:callable, file.py:Class, a .pt2 or .onnx file, or one of another"
            " tool: darknet's .cfg, Caffe's .prototxt, Keras' .json.",
        ),
    ],
    inputs: Annotated[
        list[str] | None,
        Option(
            "--input", metavar="SHAPE", help="What the model reads, without a batch: 3x224x224."
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        Option("--with", metavar="NAME=VALUE", help="An argument that the model is made with."),
    ] = None,
    part: Annotated[
        str, Option("--module", metavar="PATH", help="Only this module of the model.")
    ] = "",
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    weights: Annotated[
        str | None,
        Option(
            "--save-weights",
            metavar="FILE",
            help="The model's weights under the spec's names: a .safetensors or .pt file.",
        ),
    ] = None,
    map_file: Annotated[
        str | None,
        Option(
            "--save-map",
            metavar="FILE",
            help="Which tensor of the model each weight of the spec is, one a line.",
        ),
    ] = None,
    placeholder: Annotated[
        bool,
        Option(
            "--placeholder", help="What no layer can say becomes a `foreign` one, in numbers alone."
        ),
    ] = False,
    force: Force = False,
) -> int:
    """Write the spec of a PyTorch model, whose code is run, or of an ONNX file or another tool's,
    of which nothing is; what it says was compared with it: layers, shapes, parameters, MACs."""
    from cnncalc.commands import import_file, import_model
    from cnncalc.importing.formats.telling import may_be_format

    how = import_model.HowToImport(
        inputs or [], settings or [], part, output, weights, map_file, force, placeholder
    )
    command = import_file.import_file if may_be_format(name) else import_model.import_model
    return run(lambda: command(name, how))
