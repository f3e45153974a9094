"""What the tools themselves call memory: `python -m tests.counting.memory_tools NETWORK...` prints
what each says of a network of the zoo, in bytes, and where that is not what
tests/reference/memory.csv has. Options are those of `tests.counting.tools`.

Of one sample, in fp32, and of one GPU. The tools are installed by `.ci/tools`.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version

from torch import Tensor, nn

import cnncalc
from cnncalc.runtime.lower import lower, samples
from tests.counting.recorded import MEMORY
from tests.counting.recording import record

Figures = Iterator[tuple[str, int]]


def torchinfo(module: nn.Module, inputs: list[Tensor]) -> Figures:
    """What its summary prints, before it is made megabytes."""
    from torchinfo import summary

    found = summary(module, input_data=inputs, verbose=0, device="cpu")
    sizes = found.total_input, found.total_output_bytes, found.total_param_bytes
    names = "Input size", "Forward/backward pass size", "Params size"
    yield from zip(names, sizes, strict=True)
    yield "Estimated Total Size", sum(sizes)


def accelerate(module: nn.Module, inputs: list[Tensor]) -> Figures:
    """What `estimate-memory` prints of a model, in float32."""
    from accelerate.commands.estimate import estimate_training_usage
    from accelerate.utils.modeling import calculate_maximum_sizes

    total, (largest, _) = calculate_maximum_sizes(module)
    yield "Largest Layer", largest
    yield "Total Size", total
    yield "Training using Adam", max(estimate_training_usage(total, "float32").values())


def deepspeed(module: nn.Module, inputs: list[Tensor]) -> Figures:
    """Its estimates for a GPU, without offload."""
    from deepspeed.runtime.zero.stage3 import (
        estimate_zero3_model_states_mem_needs,
        model_to_params,
    )
    from deepspeed.runtime.zero.stage_1_and_2 import estimate_zero2_model_states_mem_needs

    total, largest = model_to_params(module)
    second = estimate_zero2_model_states_mem_needs(total, 1, 1, cpu_offload=False)
    third = estimate_zero3_model_states_mem_needs(total, largest, 1, 1, cpu_offload=False)
    yield "ZeRO 2, per GPU", second[1]
    yield "ZeRO 3, per GPU", third[1]


TOOLS: dict[str, Callable[[nn.Module, list[Tensor]], Figures]] = {
    "torchinfo": torchinfo,
    "accelerate": accelerate,
    "deepspeed": deepspeed,
}


def head(tool: str, name: str) -> str:
    """Of a column: the tool, its version, what the figure is called there."""
    return f"{tool} {version(tool)}: {name}"


def figures(network: str) -> dict[str, str]:
    """What every tool says of a network of the zoo."""
    graph = cnncalc.load(network)
    module, inputs = lower(graph), samples(graph)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return {
            head(tool, name): str(size)
            for tool, say in TOOLS.items()
            for name, size in say(module, inputs)
        }


if __name__ == "__main__":
    sys.exit(bool(record(sys.argv[1:], figures, MEMORY)))
