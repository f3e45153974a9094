"""`cnncalc profile`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Option
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, Inputs, Names, Root, Settings, Specs, Weights, one_of
from cnncalc.commands import formats


def profile(
    specs: Specs,
    device: Annotated[
        str,
        Option("--device", metavar="DEVICE", help="cpu, cuda, cuda:1, or auto: a GPU if there is."),
    ] = "auto",
    batch: Annotated[int, Option("--batch", help="Samples in a batch.")] = 1,
    dtype: Annotated[
        str, Option("--dtype", metavar="TYPE", help="fp32, tf32, bf16 or fp16.")
    ] = "fp32",
    rounds: Annotated[
        int, Option("--rounds", help="How often to time each, after a warm-up.")
    ] = 20,
    training: Annotated[
        bool, Option("--training/--inference", help="Measure backward and step too.")
    ] = True,
    channels_last: Annotated[
        bool, Option("--channels-last", help="Keep maps in memory with channels last.")
    ] = False,
    compiled: Annotated[
        bool, Option("--compile", help="Run torch.compile's version; totals only.")
    ] = False,
    graphed: Annotated[
        bool, Option("--graphed", help="Start each as one CUDA graph; totals only.")
    ] = False,
    autocast: Annotated[
        str | None,
        Option("--autocast", metavar="TYPE", help="Autocast to bf16 or fp16, as in training."),
    ] = None,
    compare: Annotated[
        bool, Option("--compare", help="Measure two specs in turn: ratios and their spread.")
    ] = False,
    depth: Annotated[
        str | None,
        Option(
            "--depth", metavar="N|all", help="Fold what stands deeper than N. [default: what fits]"
        ),
    ] = None,
    form: Annotated[str, one_of(formats.PROFILE)] = formats.PROFILE[0].name,
    trace: Annotated[
        str | None,
        Option("--trace", metavar="FILE", help="Write PyTorch's trace, to open in Perfetto."),
    ] = None,
    save: Annotated[
        str | None,
        Option(
            "--save", metavar="FILE", help="Keep what was learned of this machine, for analyze."
        ),
    ] = None,
    force: Force = False,
    weights: Weights = None,
    names: Names = None,
    settings: Settings = None,
    inputs: Inputs = None,
    root: Root = None,
) -> int:
    """Measure a network here: time and rates by layer, memory, beside what is computed."""
    from cnncalc.commands.profile import profile as command

    return run(
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
            weights,
            names,
        )
    )
