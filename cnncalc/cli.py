"""The command line: options and help. Each command is imported when it is called.

Annotations are no texts here: typer would compile each of them, in every run.
"""

import atexit
import gc
import os
import signal
import sys
from collections.abc import Callable
from copy import copy
from typing import Annotated, Any

import typer

from cnncalc import __version__, streams
from cnncalc.commands import formats
from cnncalc.text import line

app = typer.Typer(
    name="cnncalc",
    help="What a convolutional network is, computed from its YAML spec before it is trained.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Misused: type[typer.BadParameter] = typer.BadParameter.__bases__[0]
"""Arguments that typer cannot read; it gives this class no name."""

Specs = Annotated[
    list[str],
    typer.Argument(help="Spec files, names of the zoo (resnet50), or `-`.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Write over files that exist.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set an argument of the network."),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="[NAME=]SHAPE",
        help="Another shape for the network's input: 3x320x320; of several, image=3x320x320.",
    ),
]


def use_root(folder: str | None) -> None:
    """`--root`: for all that the command reads."""
    if folder is None:
        return
    from cnncalc import project

    if not os.path.isdir(folder):
        raise typer.BadParameter(f"there is no folder `{folder}`")
    project.use_root(folder)


Root = Annotated[
    str | None,
    typer.Option(
        "--root",
        metavar="FOLDER",
        callback=use_root,
        expose_value=False,
        help="Specs may extend and include the files in it. [default: their project]",
    ),
]


def column_names(incomplete: str) -> list[str]:
    """The columns that may stand behind what is typed, the last comma or `+` of it included."""
    from cnncalc.report.table.columns import COLUMNS

    before, comma, _ = incomplete.replace("+", ",").rpartition(",")
    begun = incomplete[: len(before) + len(comma)]
    return [begun + name for name in COLUMNS]


Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAMES",
        autocompletion=column_names,
        help="Columns to show, with commas: kind,output,flops; +memory adds some to the usual.",
    ),
]


def tools() -> list[str]:
    """The tools whose ways to count are known, for completion."""
    from cnncalc.analysis.conventions import NAMES

    return list(NAMES)


Tool = Annotated[
    str | None,
    typer.Option(
        "--convention",
        metavar="TOOL",
        help="Add what another tool counts: thop, fvcore, ptflops, deepspeed, ....",
        autocompletion=tools,
    ),
]
Batch = Annotated[int, typer.Option("--batch", help="Samples to count operations and bytes for.")]
Dtype = Annotated[
    str,
    typer.Option(
        "--dtype",
        metavar="TYPE",
        autocompletion=lambda: ["fp32", "bf16", "fp16", "int8"],
        help="Of weights and maps, for what is told in bytes: fp32, bf16, fp16 or int8.",
    ),
]
Autocast = Annotated[
    str | None,
    typer.Option(
        "--autocast",
        metavar="TYPE",
        autocompletion=lambda: ["bf16", "fp16"],
        help="Maps in bf16 or fp16, weights in fp32.",
    ),
]


def one_of(
    offered: tuple[formats.Format, ...], option: str = "--format", metavar: str = "FORMAT"
) -> Any:
    """The option that takes one of a command's formats."""
    return typer.Option(
        option,
        metavar=metavar,
        help=f"{formats.either(offered)}.",
        autocompletion=lambda: [(form.name, form.purpose) for form in offered],
    )


def show_version(wanted: bool) -> None:
    """`--version`."""
    if wanted:
        typer.echo(f"cnncalc {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """The options of cnncalc itself."""


@app.command()
def analyze(
    specs: Specs,
    depth: Annotated[
        str | None,
        typer.Option(
            "--depth", metavar="N|all", help="Fold what stands deeper than N. [default: what fits]"
        ),
    ] = None,
    columns: Columns = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="COLUMN",
            autocompletion=column_names,
            help="The layers in the order of a column, the largest first: macs.",
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", metavar="N", help="Only the first N of them. [by macs]")
    ] = None,
    unit: Annotated[
        str,
        typer.Option(
            "--unit",
            metavar="UNIT",
            autocompletion=lambda: ["1", "K", "M", "G", "T"],
            help="Counts in 1, K, M, G or T each; or auto.",
        ),
    ] = "auto",
    tool: Tool = None,
    batch: Batch = 1,
    dtype: Dtype = "fp32",
    autocast: Autocast = None,
    machine: Annotated[
        str | None,
        typer.Option(
            "--machine", metavar="FILE", help="Times there, as `profile --save` measured it."
        ),
    ] = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    form: Annotated[str, one_of(formats.ANALYZE)] = formats.ANALYZE[0].name,
) -> None:
    """Print every layer's output volume, parameters, MACs and receptive field, and the totals."""
    from cnncalc.commands.analyze import HowToAnalyze
    from cnncalc.commands.analyze import analyze as command

    choice = HowToAnalyze(depth, columns, batch, dtype, autocast, sort, top, unit, tool, machine)
    run(lambda: command(specs, settings or [], choice, form, inputs or []))


@app.command()
def compare(
    specs: Specs,
    revision: Annotated[
        str | None,
        typer.Option("--git", metavar="REV", help="Compare each spec with what it was at REV."),
    ] = None,
    layers: Annotated[
        bool | None,
        typer.Option(
            "--layers/--no-layers",
            help="Layer by layer. [default: with --git, or for two specs that share most layers]",
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=VALUES",
            help="One spec beside itself with other values of an argument: width=0.5,1.0.",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAMES",
            autocompletion=column_names,
            help="Totals to show, with commas: params,macs; +size adds some to the usual.",
        ),
    ] = None,
    tool: Tool = None,
    batch: Batch = 1,
    dtype: Dtype = "fp32",
    autocast: Autocast = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    form: Annotated[str, one_of(formats.COMPARE)] = formats.COMPARE[0].name,
) -> None:
    """Put the totals of networks side by side, and say what is different layer by layer."""
    from cnncalc.commands.compare import HowToCompare
    from cnncalc.commands.compare import compare as command

    choice = HowToCompare(revision, layers, vary or [], columns, batch, dtype, autocast, tool)
    run(lambda: command(specs, settings or [], choice, form, inputs or []))


@app.command()
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Spec files, folders of them, names of the zoo, or `-`. [default: this folder]",
            show_default=False,
        ),
    ] = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    select: Annotated[
        str | None,
        typer.Option(
            "--select", metavar="CODES", help="Report these only, besides what cannot be read."
        ),
    ] = None,
    ignore: Annotated[
        str | None,
        typer.Option("--ignore", metavar="CODES", help="Do not report these: CNN602,CNN9."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    form: Annotated[str, one_of(formats.CHECK)] = formats.CHECK[0].name,
) -> None:
    """Check specs: their language, what they expect, the project's budgets, good design."""
    from cnncalc.commands.check import check as command

    run(lambda: command(paths or ["."], settings or [], select, ignore, strict, form, inputs or []))


@app.command()
def explain(
    topic: Annotated[
        str,
        typer.Argument(
            help="A spec, a layer kind, a word (padding), a code (CNN202); `kinds`, `topics`."
        ),
    ],
    layer: Annotated[str | None, typer.Argument(help="Of a spec: the layer's path.")] = None,
    flops: Annotated[
        bool, typer.Option("--flops", help="Of a spec: what other tools count, and why.")
    ] = False,
    settings: Settings = None,
    inputs: Inputs = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights", metavar="FILE", help="Of a layer: read its weights, of a saved state_dict."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Draw these as filters, side by side: .png."
        ),
    ] = None,
    drawing: Annotated[
        str | None,
        typer.Option("--draw", metavar="FILE", help="Of a layer: draw its window: .svg, .pdf."),
    ] = None,
    force: Force = False,
    root: Root = None,
    form: Annotated[str, one_of(formats.EXPLAIN)] = formats.EXPLAIN[0].name,
) -> None:
    """Put the numbers into the arithmetic of one layer; or open the page of a word."""
    given = {
        "--flops": flops,
        "--draw": drawing,
        "--weights": weights or output,
        f"--format {form}": form != formats.EXPLAIN[0].name and not flops,
    }
    asked = [option for option, value in given.items() if value]
    if len(asked) > 1:
        raise typer.BadParameter(f"{' and '.join(asked)} do not go together")
    if drawing is not None:
        from cnncalc.commands.explain import explain_drawn

        run(lambda: explain_drawn(topic, layer, settings or [], inputs or [], drawing, force))
    if weights is not None or output is not None:
        from cnncalc.commands.explain_weights import explain_weights

        run(
            lambda: explain_weights(
                topic, layer, settings or [], inputs or [], weights, output, force
            )
        )
    from cnncalc.commands.explain import explain as command

    run(lambda: command(topic, layer, settings or [], inputs or [], flops, form))


@app.command()
def calc(
    layer: Annotated[str, typer.Argument(help='A layer: "conv: {filters: 64, kernel: 3}".')],
    shape: Annotated[
        str | None, typer.Option("--input", metavar="SHAPE", help="What it reads: 3x32x32.")
    ] = None,
    want: Annotated[
        str | None,
        typer.Option("--want", metavar="SIZES", help="Say what makes its output so large: 16x16."),
    ] = None,
    values: Annotated[
        str | None,
        typer.Option(
            "--values",
            metavar="NUMBERS|FILE",
            help='Show what it makes of numbers: "101 010 101", "1 2; 3 4", .csv, .npy, a picture.',
        ),
    ] = None,
    kernel: Annotated[
        str | None,
        typer.Option(
            "--kernel",
            metavar="NUMBERS|FILTER|FILE",
            help="Its weights: numbers, or edge, blur, sobel, ....",
        ),
    ] = None,
    bias: Annotated[
        str | None, typer.Option("--bias", metavar="NUMBERS", help="Its biases.")
    ] = None,
    mean: Annotated[
        str | None, typer.Option("--mean", metavar="NUMBERS", help="The running mean of a norm.")
    ] = None,
    variance: Annotated[
        str | None,
        typer.Option("--variance", metavar="NUMBERS", help="The running variance of a norm."),
    ] = None,
    training: Annotated[
        bool, typer.Option("--training", help="A norm takes the statistics of the values.")
    ] = False,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Show it as the one matrix that it multiplies with.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="ROW,COLUMN", help="The output to write out. [default: the first]"
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the outputs: .csv, .npy, .png."),
    ] = None,
    force: Force = False,
    form: Annotated[str, one_of(formats.EXPLAINED)] = formats.EXPLAINED[0].name,
) -> None:
    """Compute one layer, without a file; with --values, on numbers."""
    given = {"kernel": kernel, "bias": bias, "mean": mean, "variance": variance}
    on_numbers = bool(values is not None or any(given.values()) or at or training or output)
    if form != formats.EXPLAINED[0].name and (matrix or on_numbers):
        raise typer.BadParameter(f"--format {form} goes without numbers and --matrix")
    if matrix and not (training or want):
        from cnncalc.commands.calc_matrix import calc_matrix

        run(lambda: calc_matrix(layer, shape, values, given, at, output, force))
    if not (on_numbers or matrix):
        from cnncalc.commands.calc import calc as command

        run(lambda: command(layer, shape, want, form))
    from cnncalc.commands.calc_values import calc_values

    run(lambda: calc_values(layer, shape, values, given, at, training, output, force, want, matrix))


@app.command()
def export(
    spec: Annotated[str, typer.Argument(help="A spec file, a name of the zoo, or `-`.")],
    form: Annotated[str, one_of(formats.EXPORT, "--to", "FORM")] = formats.EXPORT[0].name,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> None:
    """Write PyTorch source that stands alone: a class for each block, the spec's names."""
    from cnncalc.commands.export import export as command

    run(lambda: command(spec, settings or [], form, output, force, inputs or []))


@app.command()
def draw(
    spec: Annotated[
        str, typer.Argument(help="A spec file, a name of the zoo, or `-`; a folder for a scatter.")
    ],
    style: Annotated[
        str,
        typer.Option(
            "--style",
            metavar="STYLE",
            help="graph, volumes, field, bars or window; of a folder scatter or accuracy.",
        ),
    ] = "graph",
    show: Annotated[
        str | None,
        typer.Option(
            "--show", metavar="COLUMN", help="A number in each box: params, macs, activations, ..."
        ),
    ] = None,
    depth: Annotated[
        str | None,
        typer.Option(
            "--depth", metavar="N|all", help="Shut what stands deeper than N. [default: what fits]"
        ),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option("--layer", metavar="PATH", help="Whose field to draw. [default: the last's]"),
    ] = None,
    batch: Annotated[int, typer.Option("--batch", help="Samples to count operations for.")] = 1,
    unfold: Annotated[
        bool, typer.Option("--unfold", help="Draw every run of a repeat, not `x3`.")
    ] = False,
    width: Annotated[
        str | None, typer.Option("--width", metavar="LENGTH", help="Of a picture: 3.3in, 84mm.")
    ] = None,
    dpi: Annotated[
        int | None,
        typer.Option("--dpi", metavar="N", help="Pixels of a PNG in an inch. [default: 192]"),
    ] = None,
    form: Annotated[str | None, one_of(formats.DRAW)] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> None:
    """Draw a network: its graph, its volumes, a receptive field, or its numbers as bars."""
    from cnncalc.commands.draw import Asked
    from cnncalc.commands.draw import draw as command

    asked = Asked(style, show, depth, layer, batch, width, unfold, dpi)
    run(lambda: command(spec, settings or [], asked, form, output, force, inputs or []))


@app.command()
def report(
    specs: Annotated[
        list[str],
        typer.Argument(help="Specs, names of the zoo, `-`; or a folder.", show_default=False),
    ],
    revision: Annotated[
        str | None,
        typer.Option("--git", metavar="REV", help="Beside what the spec was at REV."),
    ] = None,
    batch: Batch = 1,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", metavar="FILE", help="Of `profile --format json`: show what it measured."
        ),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> None:
    """Write a page for a browser: of a network its numbers, its picture, its layers, its spec; of
    several what is different; of a folder all its networks."""
    from cnncalc.commands.report import report as command

    run(
        lambda: command(
            specs, settings or [], output, force, inputs or [], batch, revision, profile
        )
    )


@app.command()
def memory(
    specs: Specs,
    batch: Annotated[int, typer.Option("--batch", help="Samples in a batch, on each device.")] = 1,
    training: Annotated[
        bool, typer.Option("--training/--inference", help="A step of training, or a forward pass.")
    ] = True,
    optimizer: Annotated[
        str, typer.Option("--optimizer", metavar="NAME", help="sgd, momentum, adam or adamw.")
    ] = "sgd",
    dtype: Annotated[
        str,
        typer.Option("--dtype", metavar="TYPE", help="fp32, bf16, fp16, or int8 with --inference."),
    ] = "fp32",
    autocast: Annotated[
        str | None,
        typer.Option(
            "--autocast",
            metavar="TYPE",
            autocompletion=lambda: ["bf16", "fp16"],
            help="bf16 or fp16 where PyTorch's autocast has it on a GPU; weights in fp32.",
        ),
    ] = None,
    devices: Annotated[
        int, typer.Option("--devices", help="That train together: copies of gradients.")
    ] = 1,
    recompute: Annotated[
        list[str] | None,
        typer.Option(
            "--recompute",
            metavar="GROUP",
            help="Keep what it reads alone, and run it again; `all`, `none`; else the recipe's.",
        ),
    ] = None,
    fits: Annotated[
        str | None,
        typer.Option("--fits", metavar="SIZE", help="What there is: 24GiB. What fits, then?"),
    ] = None,
    definitions: Annotated[
        bool, typer.Option("--definitions", help="What other tools call memory, beside it.")
    ] = False,
    form: Annotated[str, one_of(formats.MEMORY)] = formats.MEMORY[0].name,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> None:
    """Say what memory training or inference takes, where, and which batch fits."""
    from cnncalc.analysis.memory_use import Setup
    from cnncalc.commands.memory import memory as command

    kept: Any = optimizer if training else None
    number: Any = dtype
    wanted = Setup(batch, kept, number, devices, tuple(recompute or ()), autocast)
    given = inputs or []
    run(
        lambda: command(
            specs, settings or [], wanted, fits, form, output, force, given, definitions
        )
    )


@app.command()
def profile(
    specs: Specs,
    device: Annotated[
        str,
        typer.Option(
            "--device", metavar="DEVICE", help="cpu, cuda, cuda:1, or auto: a GPU if there is."
        ),
    ] = "auto",
    batch: Annotated[int, typer.Option("--batch", help="Samples in a batch.")] = 1,
    dtype: Annotated[
        str, typer.Option("--dtype", metavar="TYPE", help="fp32, tf32, bf16 or fp16.")
    ] = "fp32",
    rounds: Annotated[
        int, typer.Option("--rounds", help="How often to time each, after a warm-up.")
    ] = 20,
    training: Annotated[
        bool, typer.Option("--training/--inference", help="Measure backward and step too.")
    ] = True,
    channels_last: Annotated[
        bool, typer.Option("--channels-last", help="Keep maps in memory with channels last.")
    ] = False,
    compiled: Annotated[
        bool, typer.Option("--compile", help="Run torch.compile's version; totals only.")
    ] = False,
    graphed: Annotated[
        bool, typer.Option("--graphed", help="Start each as one CUDA graph; totals only.")
    ] = False,
    autocast: Annotated[
        str | None,
        typer.Option(
            "--autocast", metavar="TYPE", help="Autocast to bf16 or fp16, as in training."
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Measure two specs in turn: ratios and their spread.")
    ] = False,
    depth: Annotated[
        str | None,
        typer.Option(
            "--depth", metavar="N|all", help="Fold what stands deeper than N. [default: what fits]"
        ),
    ] = None,
    form: Annotated[str, one_of(formats.PROFILE)] = formats.PROFILE[0].name,
    trace: Annotated[
        str | None,
        typer.Option("--trace", metavar="FILE", help="Write PyTorch's trace, to open in Perfetto."),
    ] = None,
    save: Annotated[
        str | None,
        typer.Option(
            "--save", metavar="FILE", help="Keep what was learned of this machine, for analyze."
        ),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> None:
    """Measure a network here: time and rates by layer, memory, beside what is computed."""
    from cnncalc.commands.profile import profile as command

    run(
        lambda: command(
            specs,
            settings or [],
            device,
            batch,
            dtype,
            rounds,
            training,
            channels_last,
            compiled,
            graphed,
            autocast,
            compare,
            depth,
            form,
            trace,
            force,
            inputs or [],
            save,
        )
    )


@app.command()
def verify(
    specs: Specs,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            metavar="DEVICE",
            help="cpu, meta, cuda or cuda:1. [default: cpu; meta for large networks]",
        ),
    ] = None,
    no_field: Annotated[
        bool, typer.Option("--no-field", help="Leave out the receptive fields.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="MODEL",
            help="Compare with a model and its weights, whose code is run: package.module:callable,"
            " file.py:Class, a .pt2 or .onnx file.",
        ),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="NAME=VALUE", help="An argument that the model is made with."
        ),
    ] = None,
    part: Annotated[
        str, typer.Option("--module", metavar="PATH", help="Only this module of the model.")
    ] = "",
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    form: Annotated[str, one_of(formats.VERIFY)] = formats.VERIFY[0].name,
) -> None:
    """Compare every number with the network in PyTorch: shapes, weights, MACs, fields; or with a
    model that a spec is to say: params, MACs, weights, outputs."""
    from cnncalc.commands.options import UsageError
    from cnncalc.commands.verify import Against
    from cnncalc.commands.verify import verify as command

    def verified() -> int:
        if model is None and (given or part):
            raise UsageError("--with and --module are of the model that --against names")
        held = Against(model, given or (), part) if model else None
        return command(specs, settings or [], device, not no_field, form, inputs or [], held)

    run(verified)


@app.command()
def transform(
    name: Annotated[str, typer.Argument(help="fold-batch-norm, fc-to-conv or conv-to-fc.")],
    spec: Annotated[str, typer.Argument(help="A spec file, a name of the zoo, or `-`.")],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights", metavar="FILE", help="Convert these weights, too: a saved state_dict."
        ),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FILE", help="Where the converted weights go.")
    ] = None,
) -> None:
    """Write the spec of the same network in another form: batch norms folded into convolutions,
    linear layers as convolutions, or convolutions as linear layers."""
    from cnncalc.commands.transform import transform as command

    run(lambda: command(name, spec, settings or [], output, force, weights, to, inputs or []))


@app.command("import")
def import_model(
    name: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="package.module:callable, file.py:Class, a .pt2 or .onnx file, or one of another"
            " tool: darknet's .cfg, Caffe's .prototxt, Keras' .json.",
        ),
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input", metavar="SHAPE", help="What the model reads, without a batch: 3x224x224."
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="NAME=VALUE", help="An argument that the model is made with."
        ),
    ] = None,
    part: Annotated[
        str, typer.Option("--module", metavar="PATH", help="Only this module of the model.")
    ] = "",
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here. [default: stdout]"),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--save-weights",
            metavar="FILE",
            help="The model's weights under the spec's names: a .safetensors or .pt file.",
        ),
    ] = None,
    map_file: Annotated[
        str | None,
        typer.Option(
            "--save-map",
            metavar="FILE",
            help="Which tensor of the model each weight of the spec is, one a line.",
        ),
    ] = None,
    placeholder: Annotated[
        bool,
        typer.Option(
            "--placeholder", help="What no layer can say becomes a `foreign` one, in numbers alone."
        ),
    ] = False,
    force: Force = False,
) -> None:
    """Write the spec of a PyTorch model, whose code is run, or of an ONNX file or another tool's,
    of which nothing is; what it says was compared with it: layers, shapes, parameters, MACs."""
    from cnncalc.commands import import_file, import_model
    from cnncalc.importing.formats.telling import may_be_format

    how = import_model.HowToImport(
        inputs or [], settings or [], part, output, weights, map_file, force, placeholder
    )
    command = import_file.import_file if may_be_format(name) else import_model.import_model
    run(lambda: command(name, how))


@app.command()
def train(
    spec: Annotated[str, typer.Argument(help="A spec file, a name of the zoo, or `-`.")],
    data: Annotated[
        str,
        typer.Option(
            "--data",
            metavar="NAME|PATH",
            help="digits, synthetic; idx files (MNIST), CIFAR's binary version, a folder of images"
            " for each class, an .npz file.",
        ),
    ] = "digits",
    recipe: Annotated[
        list[str] | None,
        typer.Option(
            "--recipe",
            "-r",
            metavar="FIELD=VALUE",
            help="Change a field of the recipe: epochs=5, optimizer.momentum=0.8.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Write here. [default: runs/ and the spec]"
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint.")
    ] = False,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="CHECKPOINT", help="Begin with the weights of another run."),
    ] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or cuda:1.")] = "auto",
    devices: Annotated[
        int, typer.Option("--devices", help="How many of them, in each machine.")
    ] = 1,
    discriminator: Annotated[
        str | None,
        typer.Option(
            "--discriminator", metavar="SPEC", help="Train a generator against this network."
        ),
    ] = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> None:
    """Train a network by the recipe of its spec, on PyTorch Lightning."""
    from cnncalc.commands.train import HowToTrain
    from cnncalc.commands.train import train as command

    choice = HowToTrain(data, output, resume, start, device, devices, discriminator)
    run(lambda: command(spec, settings or [], recipe or [], choice, inputs or []))


zoo_app = typer.Typer(
    help="List the networks that ship with cnncalc; any command takes their names.",
    rich_markup_mode=None,
)
app.add_typer(zoo_app, name="zoo", invoke_without_command=True)


@zoo_app.callback()
def zoo(
    context: typer.Context,
    words: Annotated[
        str | None,
        typer.Option("--filter", metavar="WORDS", help="Only those that speak of all these words."),
    ] = None,
    form: Annotated[str, one_of(formats.ZOO)] = formats.ZOO[0].name,
) -> None:
    """List the networks that ship with cnncalc; any command takes their names."""
    if context.invoked_subcommand is None:
        from cnncalc.commands.zoo import zoo as command

        run(lambda: command(words, form))


@zoo_app.command("show")
def zoo_show(
    name: Annotated[str, typer.Argument(help="A network: resnet50; or `blocks`, the libraries.")],
) -> None:
    """Print the spec of a network, or list the libraries of blocks."""
    from cnncalc.commands.zoo import show as command

    run(lambda: command(name))


@app.command()
def init(
    file: Annotated[str, typer.Argument(help="The spec to write.")] = "network.yaml",
    network: Annotated[
        str | None, typer.Option("--from", metavar="NAME", help="Start from a network of the zoo.")
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema",
            metavar="PLACE",
            help="A path or URL of the schema for editors, in place of one beside the spec.",
        ),
    ] = None,
) -> None:
    """Write a first spec, and beside it the schema that editors complete and check it by."""
    from cnncalc.commands.init import init as command

    run(lambda: command(file, network, schema))


@app.command()
def schema(
    machine: Annotated[
        bool, typer.Option("--machine", help="That of machine files, in place of specs.")
    ] = False,
) -> None:
    """Print the JSON Schema of specs, for editors."""
    from cnncalc.commands.schema import schema as command

    run(lambda: command(machine))


def run(command: Callable[[], int]) -> None:
    """Run a command and leave with its exit code: 2 for wrong usage, 3 for a bug of ours."""
    from cnncalc.commands.options import UsageError
    from cnncalc.network.stated import StatedError

    try:
        code = command()
    except (UsageError, streams.StreamError) as error:
        typer.echo(f"cnncalc: {line(str(error))}", err=True)
        code = 2
    except StatedError as error:
        typer.echo(f"cnncalc: {line(str(error))}", err=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    except OSError as error:  # of a file or a folder that a command did not think of
        typer.echo(f"cnncalc: {line(_told(error))}", err=True)
        code = 2
    except MemoryError:
        typer.echo("cnncalc: out of memory; a smaller --depth prints fewer lines", err=True)
        code = 2
    except Exception:
        import traceback

        traceback.print_exc()
        typer.echo(
            f"cnncalc {__version__}: this is a bug in cnncalc, not in your spec; please report it"
            " with the lines above and the spec",
            err=True,
        )
        code = 3
    raise typer.Exit(code)


def _told(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"`{error.filename}`: {reason}" if error.filename else reason


def main() -> None:
    """The entry point.

    Garbage is not collected in cycles: a command is short, and what it builds it keeps to the end.
    There Python would look for some again, through all that lives.
    """
    gc.disable()
    atexit.register(gc.freeze)
    streams.guard()
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(streams.finished(called()))


def _terminated(number: int, frame: object) -> None:
    """As the interrupt from the keyboard, so that what is half written is cleared away."""
    sys.exit(128 + number)


def asked() -> typer.Typer:
    """The application with the one command that the arguments name, as typer reads every option of
    all that it has; with all, where they name none."""
    named = [
        one
        for one in app.registered_commands
        if one.callback and one.callback.__name__ in sys.argv[1:2]
    ]
    if not named:
        return app
    short = copy(app)
    short.registered_commands = named
    return short


def called() -> int:
    """Run what the arguments ask for: the exit code."""
    try:
        return asked()(standalone_mode=False) or 0
    except _Misused as error:
        error.show(sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
