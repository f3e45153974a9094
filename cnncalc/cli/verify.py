"""`cnncalc verify`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import Inputs, Names, Root, Settings, Specs, Weights, one_of
from cnncalc.commands import formats


def verify(
    specs: Specs,
    device: Annotated[
        str | None,
        Option(
            "--device",
            metavar="DEVICE",
            help="cpu, meta, cuda or cuda:1. [default: cpu; meta for large networks]",
        ),
    ] = None,
    no_field: Annotated[bool, Option("--no-field", help="Leave out the receptive fields.")] = False,
    model: Annotated[
        str | None,
        Option(
            "--against",
            metavar="MODEL",
            help="Compare with a model and its weights, whose code is run: package.module:callable,"
            " file.py:Class, a .pt2 or .onnx file.",
        ),
    ] = None,
    given: Annotated[
        list[str] | None,
        Option("--with", metavar="NAME=VALUE", help="An argument that the model is made with."),
    ] = None,
    part: Annotated[
        str, Option("--module", metavar="PATH", help="Only this module of the model.")
    ] = "",
    weights: Weights = None,
    names: Names = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    form: Annotated[str, one_of(formats.VERIFY)] = formats.VERIFY[0].name,
) -> int:
    """Compare every number with the network in PyTorch: shapes, weights, MACs, fields; or with a
    model that a spec is to say: params, MACs, weights, outputs."""
    from cnncalc.commands.options import UsageError
    from cnncalc.commands.verify import Against, FileOfWeights
    from cnncalc.commands.verify import verify as command

    def verified() -> int:
        if model is None and (given or part):
            raise UsageError("--with and --module are of the model that --against names")
        if names and not weights:
            raise UsageError("--map says which tensor is which of --weights: give both")
        held = Against(model, given or (), part) if model else None
        taken = FileOfWeights(weights, names) if weights else None
        return command(specs, settings or [], device, not no_field, form, inputs or [], held, taken)

    return run(verified)
