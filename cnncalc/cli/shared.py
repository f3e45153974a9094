"""What several commands take."""

import os
from typing import Annotated, Any

from cnncalc.cli.declared import Misused, Option, Positional
from cnncalc.commands import formats

Specs = Annotated[
    list[str],
    Positional(
        help="Spec files, names of the zoo (resnet50), or `-`.",
        show_default=False,
        completes="specs",
    ),
]
Spec = Annotated[str, Positional(help="A spec file, a name of the zoo, or `-`.", completes="specs")]
Force = Annotated[bool, Option("--force", help="Write over files that exist.")]
Settings = Annotated[
    list[str] | None,
    Option("--set", metavar="NAME=VALUE", help="Set an argument of the network."),
]
Inputs = Annotated[
    list[str] | None,
    Option(
        "--input",
        metavar="[NAME=]SHAPE",
        help="Another shape for the network's input: 3x320x320; of several, image=3x320x320.",
    ),
]


def use_root(folder: str) -> None:
    """`--root`: for all that the command reads."""
    from cnncalc import project

    if not os.path.isdir(folder):
        raise Misused(f"there is no folder `{folder}`")
    project.use_root(folder)


Root = Annotated[
    str | None,
    Option(
        "--root",
        metavar="FOLDER",
        callback=use_root,
        help="Specs may extend and include the files in it. [default: their project]",
    ),
]


Columns = Annotated[
    str | None,
    Option(
        "--columns",
        metavar="NAMES",
        completes="columns",
        help="Columns to show, with commas: kind,output,flops; +memory adds some to the usual.",
    ),
]


Tool = Annotated[
    str | None,
    Option(
        "--convention",
        metavar="TOOL",
        help="Add what another tool counts: thop, fvcore, ptflops, deepspeed, ....",
        completes="tools",
    ),
]
Weights = Annotated[
    str | None,
    Option(
        "--weights",
        metavar="FILE",
        help="With these: a checkpoint, a saved state_dict, safetensors.",
    ),
]
Names = Annotated[
    str | None,
    Option(
        "--map",
        metavar="FILE",
        help="Which tensor of the weights is which: `cnncalc weights map` proposes it.",
    ),
]
Batch = Annotated[int, Option("--batch", help="Samples to count operations and bytes for.")]
Dtype = Annotated[
    str,
    Option(
        "--dtype",
        metavar="TYPE",
        completes=("fp32", "bf16", "fp16", "int8"),
        help="Of weights and maps, for what is told in bytes: fp32, bf16, fp16 or int8.",
    ),
]
Autocast = Annotated[
    str | None,
    Option(
        "--autocast",
        metavar="TYPE",
        completes=("bf16", "fp16"),
        help="Maps in bf16 or fp16, weights in fp32.",
    ),
]


def one_of(
    offered: tuple[formats.Format, ...], option: str = "--format", metavar: str = "FORMAT"
) -> Any:
    """The option that takes one of a command's formats."""
    return Option(
        option,
        metavar=metavar,
        help=f"{formats.either(offered)}.",
        completes=tuple([(form.name, form.purpose) for form in offered]),
    )
