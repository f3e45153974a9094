"""One model imported, and held against itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.imports.libraries import made, made_size, published
from cnncalc.analysis.ops import count_ops
from cnncalc.importing.checked import DifferenceError, Imported, ImportingError, expected
from cnncalc.importing.flat import flat
from cnncalc.importing.placeholders import of_program_with_placeholders
from cnncalc.importing.program import ModelCounts, Program
from cnncalc.importing.whole_program import of_program
from cnncalc.records import NamedTuple
from cnncalc.runtime.importing.carried_weights import state_of
from cnncalc.runtime.importing.from_torch import program_of
from cnncalc.runtime.importing.named import NoModelError, filled, hollow
from cnncalc.runtime.importing.traced import TraceError
from cnncalc.runtime.lower import lower

SAMPLES = 2


class Asked(NamedTuple):
    """What is asked of a model besides its spec.

    outputs: what both give of the same weights and input, for models of so many GMACs
    stated: of one that is refused, what comes of it with stated numbers for what cannot be said
    """

    outputs: float = 0
    stated: bool = False


def tried(library: str, name: str, asked: Asked) -> Mapping[str, Any]:
    """What came of importing it."""
    module, shape = model(library, name, weightless=not asked.outputs)
    try:
        program = program_of(module, [shape], name)
    except TraceError as error:
        return {"result": "not traced", "why": str(error)}
    try:
        found = of_program(program)
    except ImportingError as error:
        counted = Counter(f"{each.operator}: {each.what}" for each in error.blockers)
        why = " | ".join(what for what, _ in counted.most_common())
        stated = as_stated(program) if asked.stated else ""
        return {"result": "blocked", "stated": stated, "why": why}
    except DifferenceError as error:
        return {"result": "different", "why": str(error)}
    counts = program.counted
    written_flat = str(flat(found.sketch, expected(found.sketch)))
    return {
        "result": "exact",
        "layers": len(found.graph.layers),
        "params": counts.params,
        "macs": counts.macs,
        "outputs": of_outputs(module, shape, found, asked.outputs) if asked.outputs else "",
        "published": as_published(name, counts) if library == "torchvision" else "",
        "flat": len(written_flat.splitlines()),
        "written": len(found.text.splitlines()),
        "why": " | ".join(found.notes),
    }


def as_stated(program: Program) -> str:
    """How many of the layers of its spec are stated in numbers alone; why there is none."""
    try:
        found = of_program_with_placeholders(program)
    except ImportingError as error:
        return f"refused: {error.blockers[0].what}"
    except DifferenceError as error:
        return f"different: {error}"
    kinds = [each.kind for each in found.graph.layers]
    return f"{kinds.count('foreign')} of {len(kinds)}"


def as_published(name: str, counts: ModelCounts) -> str:
    """How many rows of weights are printed with the model's numbers, and which are not."""
    rows = published(name)
    rows = [row for row in rows if row.size == (rows[0].size if "@" in name else made_size(name))]
    giga = round((counts.macs or 0) / 1e9, 3)
    other = [r for r in rows if (r.params, r.giga) != (counts.params, giga)]
    told = (f"{r.weights}: {r.params:,}, {r.giga} and not {giga}" for r in other)
    return "; ".join([f"{len(rows) - len(other)} of {len(rows)}", *told])


def of_outputs(module: nn.Module, shape: Sequence[int], found: Imported, largest: float) -> str:
    """The difference between both, of models of so many GMACs."""
    macs = sum(each.macs for each in count_ops(found.graph).values())
    return f"{difference(module, shape, found):.1e}" if macs < largest * 1e9 else "large"


def model(library: str, name: str, weightless: bool) -> tuple[nn.Module, Sequence[int]]:
    """It, and the shape that it reads; weights that hold nothing where none are wanted."""
    torch.manual_seed(0)
    if not weightless:
        module, shape = made(library, name)
        return drawn(module), shape
    try:
        with hollow() as weights:
            module, shape = made(library, name)
        return filled(module, weights), shape
    except (NoModelError, RuntimeError, NotImplementedError):
        return made(library, name)


def drawn(module: nn.Module) -> nn.Module:
    """With weights and statistics that do something, where a model begins with zeros and ones."""
    with torch.no_grad():
        for name, buffer in module.named_buffers():
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
            elif name.endswith("running_mean"):
                buffer.normal_(0, 0.1)
        for weight in module.parameters():
            if weight.numel() and (weight == weight.flatten()[0]).all():
                weight.add_(torch.randn_like(weight) * 0.1)
    return module.eval()


def difference(module: nn.Module, shape: Sequence[int], found: Imported) -> float:
    """Between what the model gives and what the lowered network gives: the largest, over the
    largest number that the model gives."""
    network = lower(found.graph)
    _, unexpected = network.load_state_dict(state_of(found), strict=False)
    assert not unexpected, unexpected
    inputs = torch.randn(SAMPLES, *shape)
    with torch.no_grad():
        wanted = [*tensors(module(inputs))]
        gives = laid(found, [*tensors(network.eval()(inputs))])
    pairs = zip(wanted, gives, strict=True)
    return max(float((a - b).abs().max() / a.abs().max().clamp_min(1e-30)) for a, b in pairs)


def tensors(outputs: Any) -> Iterator[Tensor]:
    """Those in what a module gives."""
    if isinstance(outputs, Tensor):
        yield outputs
    elif outputs is not None:
        for each in outputs.values() if isinstance(outputs, Mapping) else outputs:
            yield from tensors(each)


def laid(found: Imported, outputs: Sequence[Tensor]) -> list[Tensor]:
    """The network's outputs as the model lays them."""
    turned = []
    for tensor, layout in zip(outputs, found.sketch.laid.values(), strict=True):
        order = [next((atom.axis for atom in row), -1) for row in layout[1:]]
        free = iter(sorted({*range(len(order))} - {*order}))
        axes = [next(free) if axis < 0 else axis for axis in order]
        turned.append(tensor.permute(0, *(axis + 1 for axis in axes)))
    return turned
