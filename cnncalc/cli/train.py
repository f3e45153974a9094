"""`cnncalc train`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import Inputs, Names, Root, Settings, Spec


def train(
    spec: Spec,
    data: Annotated[
        str,
        Option(
            "--data",
            metavar="NAME|PATH",
            help="digits, synthetic; idx files (MNIST), CIFAR's binary version, a folder of images"
            " for each class, an .npz file.",
        ),
    ] = "digits",
    recipe: Annotated[
        list[str] | None,
        Option(
            "--recipe",
            "-r",
            metavar="FIELD=VALUE",
            help="Change a field of the recipe: epochs=5, optimizer.momentum=0.8.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        Option(
            "--output", "-o", metavar="FOLDER", help="Write here. [default: runs/ and the spec]"
        ),
    ] = None,
    resume: Annotated[bool, Option("--resume", help="Go on from the last checkpoint.")] = False,
    start: Annotated[
        str | None,
        Option(
            "--from",
            metavar="FILE",
            help="Begin with weights: another run's checkpoint, a saved state_dict, safetensors.",
        ),
    ] = None,
    names: Names = None,
    device: Annotated[
        str,
        Option("--device", help="auto, cpu, cuda or cuda:1.", completes=("auto", "cpu", "cuda")),
    ] = "auto",
    devices: Annotated[int, Option("--devices", help="How many of them, in each machine.")] = 1,
    discriminator: Annotated[
        str | None,
        Option(
            "--discriminator",
            metavar="SPEC",
            help="Train a generator against this network.",
            completes="specs",
        ),
    ] = None,
    refit: Annotated[
        bool,
        Option(
            "--refit",
            help="Then fit anew on all but the test images, for as many steps as were best.",
        ),
    ] = False,
    dry: Annotated[
        bool,
        Option(
            "--dry-run", help="Say what would be trained, the steps, the memory; train nothing."
        ),
    ] = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> int:
    """Train a network by the recipe of its spec, on PyTorch Lightning."""
    from cnncalc.commands.how_to_train import HowToTrain
    from cnncalc.commands.train import train as command

    choice = HowToTrain(
        data, output, resume, start, device, devices, discriminator, names, refit, dry
    )
    return run(lambda: command(spec, settings or [], recipe or [], choice, inputs or []))
