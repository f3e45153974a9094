"""The tools themselves: `python -m tests.counting.tools NETWORK...` prints what each counts for a
network of the zoo, a line of JSON, and where that is not what tests/reference/counts.csv has;
`--record` writes it there. Networks come from the quickest to the slowest; `--into FOLDER` keeps
what was found, and goes on with what is not there yet; `--seconds N` begins none later, and names
what is left.

Each runs in a process of its own, on a CPU, in inference, with one sample; one that takes longer
than `LONGEST` is ended. They are installed by `.ci/tools`.
"""

from __future__ import annotations

import contextlib
import io
import logging
import multiprocessing
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from unittest.mock import MagicMock

import torch
from torch import Tensor, nn

import cnncalc
from cnncalc.runtime.lower import lower, samples
from tests.counting.recorded import ACTIVATIONS, FILE, STOPS
from tests.counting.recording import record

LONGEST = 1800

ABSENT = ("transformers", "calflops.estimate")
"""What calflops imports for models of others, and does not need to count."""


def torchinfo(module: nn.Module, inputs: list[Tensor]) -> int:
    """Its `total_mult_adds`."""
    from torchinfo import summary

    return summary(module, input_data=inputs, verbose=0, device="cpu").total_mult_adds


def fvcore(module: nn.Module, inputs: list[Tensor]) -> int:
    """The total of its operators."""
    from fvcore.nn import FlopCountAnalysis

    return FlopCountAnalysis(module.eval(), tuple(inputs)).total()


def activations(module: nn.Module, inputs: list[Tensor]) -> int:
    """The outputs that it counts."""
    from fvcore.nn import ActivationCountAnalysis

    return ActivationCountAnalysis(module.eval(), tuple(inputs)).total()


def ptflops(module: nn.Module, inputs: list[Tensor]) -> int:
    """By its default backend."""
    from inspect import signature

    from ptflops import get_model_complexity_info

    names = list(signature(module.forward).parameters)[: len(inputs)]
    macs, _ = get_model_complexity_info(
        module,
        tuple(inputs[0].shape[1:]),
        as_strings=False,
        print_per_layer_stat=False,
        input_constructor=lambda _: dict(zip(names, inputs, strict=True)),
    )
    return macs


def thop(module: nn.Module, inputs: list[Tensor]) -> int:
    """Of all modules."""
    import setuptools  # noqa: F401  # it brings `distutils` back, which thop imports
    from thop import profile

    return profile(module, inputs=tuple(inputs), verbose=False)[0]


def deepspeed(module: nn.Module, inputs: list[Tensor]) -> int:
    """Its profiler's FLOPs."""
    from deepspeed.profiling.flops_profiler import FlopsProfiler

    profiler = FlopsProfiler(module.eval())
    profiler.start_profile()
    module(*inputs)
    total = profiler.get_total_flops()
    profiler.end_profile()  # it leaves PyTorch changed until then
    return total


def calflops(module: nn.Module, inputs: list[Tensor]) -> int:
    """Its FLOPs."""
    sys.modules.update({name: MagicMock() for name in ABSENT})
    from calflops import calculate_flops

    flops, *_ = calculate_flops(module, args=inputs, print_results=False, output_as_string=False)
    return flops


def torchprofile(module: nn.Module, inputs: list[Tensor]) -> int:
    """Its MACs."""
    from torchprofile import profile_macs

    return profile_macs(module.eval(), tuple(inputs))


def torchscan(module: nn.Module, inputs: list[Tensor]) -> int:
    """The FLOPs of the modules that it knows; 0, where it knows none."""
    from torchscan import crawl_module

    totals = crawl_module(module, args=tuple(inputs))["totals"]
    return totals["module_flops"]["known_value"] or 0


def pytorch(module: nn.Module, inputs: list[Tensor]) -> int:
    """By `FlopCounterMode`."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        module.eval()(*inputs)
    return counter.get_total_flops()


TOOLS: dict[str, Callable[[nn.Module, list[Tensor]], Any]] = {
    "torchinfo": torchinfo,
    "fvcore": fvcore,
    "ptflops": ptflops,
    "thop": thop,
    "deepspeed": deepspeed,
    "calflops": calflops,
    "torchprofile": torchprofile,
    "torchscan": torchscan,
    "pytorch": pytorch,
    ACTIVATIONS: activations,
}

PACKAGES = {"pytorch": "torch", ACTIVATIONS: "fvcore"}


def head(tool: str) -> str:
    """The tool and its version."""
    return f"{tool} {version(PACKAGES.get(tool, tool)).partition('+')[0]}"


def printed(tool: str, module: nn.Module, inputs: list[Tensor]) -> str:
    """What a tool says of a network, in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(tool, module, inputs, theirs))
    process.start()
    theirs.close()
    try:
        found = str(ours.recv()) if ours.poll(LONGEST) else "takes too long"
    except EOFError:
        found = "was ended"  # where there is no memory left, say
    process.kill()
    process.join()
    return found


def _send(tool: str, module: nn.Module, inputs: list[Tensor], pipe: Any) -> None:
    logging.disable(logging.CRITICAL)
    quiet = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(quiet):
        warnings.simplefilter("ignore")
        try:
            pipe.send(int(TOOLS[tool](module, inputs)))
        except Exception as error:
            sys.stderr.write(f"{tool}: {type(error).__name__}: {error}\n")
            pipe.send(STOPS)


def counts(network: str) -> dict[str, str]:
    """What every tool says of a network of the zoo."""
    graph = cnncalc.load(network)
    module, inputs = lower(graph), samples(graph)
    return {tool: printed(tool, module, inputs) for tool in TOOLS}


def warm() -> None:
    """Run each once, so that a process that is forked off need not import it."""
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    for tool in TOOLS:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            TOOLS[tool](module, [torch.zeros(1, 3)])


if __name__ == "__main__":
    warm()
    sys.exit(bool(record(sys.argv[1:], counts, FILE, head)))
