"""What was imported, beside the file and the module: outputs, parameters, MACs."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

import numpy
import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor, nn

from benchmarks.onnx_imports.files import WrittenFile
from cnncalc.importing.checked import Imported
from cnncalc.runtime.importing.carried_weights import state_of
from cnncalc.runtime.lower import lower, samples

Arrays = dict[str, Any]


def given(found: Imported) -> Arrays:
    """Numbers for the file's inputs: indices where an embedding reads them."""
    torch.manual_seed(1)
    program = found.sketch.program
    drawn = dict(zip(found.graph.inputs, samples(found.graph, program.batch), strict=True))
    named = zip(program.inputs, drawn.values(), strict=True)
    return {
        name: value.reshape(program.inputs[name].sizes).numpy().astype(program.inputs[name].dtype)
        for name, value in named
    }


def off(found: Imported, written: WrittenFile) -> float:
    """How far the spec's outputs, with the file's weights, are from those of the file, and of the
    module: as part of the largest number."""
    inputs = given(found)
    ours = _ours(found, inputs)
    wanted = [_run(written, inputs)]
    if written.module is not None:
        with torch.no_grad():
            outputs = written.module(*(torch.from_numpy(x) for x in inputs.values()))
        wanted.append([each.numpy() for each in _flat(outputs)])
    return max(
        float(numpy.abs(a - b).max() / max(float(numpy.abs(b).max()), 1e-30))
        for theirs in wanted
        for a, b in zip(ours, theirs, strict=True)
    )


def _ours(found: Imported, inputs: Arrays) -> list[Any]:
    network = lower(found.graph).eval()
    missing, unexpected = network.load_state_dict(state_of(found), strict=False)
    lacking = {name for name, _ in network.named_parameters()} & set(missing)
    if lacking or unexpected:
        raise ValueError(f"weights are missing: {sorted(lacking)}, {unexpected}")
    program = found.sketch.program
    batched = [
        torch.from_numpy(x) if name in program.batched else torch.from_numpy(x)[None]
        for name, x in inputs.items()
    ]
    reads = any(node.layer and node.layer.indices for node in found.graph.layers)
    with torch.no_grad():
        outputs = network(
            *(x if reads and not x.is_floating_point() else x.float() for x in batched)
        )
    pairs = zip(_flat(outputs), found.sketch.laid.values(), program.outputs.values(), strict=True)
    return [_laid(tensor, layout).numpy() for tensor, layout, _ in pairs]


def _laid(tensor: Tensor, layout: Any) -> Tensor:
    """An output as the file lays it: the axes in its order, those of size 1 where it has them."""
    order = [0, *(row[0].axis + 1 for row in layout if row and row[0].axis >= 0)]
    rest = [axis for axis in range(tensor.ndim) if axis not in order]
    sizes = [prod(atom.size for atom in row) for row in layout]
    batch = next((n for n, row in enumerate(layout) if row and row[0].axis < 0), 0)
    turned = tensor.permute(*order, *rest)
    if batch:
        sizes_behind = [sizes[batch], *sizes[:batch], *sizes[batch + 1 :]]
        return turned.reshape(sizes_behind).movedim(0, batch)
    return turned.reshape(sizes)


def _run(written: WrittenFile, inputs: Arrays) -> list[Any]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        written.path, options, providers=["CPUExecutionProvider"]
    )
    types = {each.name: each.type[7:-1] for each in session.get_inputs()}
    known = {
        name: numpy.asarray(value, {"float": "float32"}.get(types[name], types[name]))
        for name, value in written.values.items()
    }
    return list(session.run(None, inputs | known))


def _flat(outputs: Any) -> list[Tensor]:
    if isinstance(outputs, Tensor):
        return [outputs]
    values = outputs.values() if isinstance(outputs, dict) else outputs
    return [tensor for value in values for tensor in _flat(value)]


def params_beside(found: Imported, module: nn.Module) -> str:
    """What of the module's parameters is not in the spec: nothing where it is as many. Weights of
    more than one axis are compared by their sizes; vectors, which exporters fold and merge, are
    counted."""
    ours, theirs = (
        [tuple(each.shape) for each in network.parameters()]
        for network in (lower(found.graph), module)
    )
    more, fewer = _matrices(ours) - _matrices(theirs), _matrices(theirs) - _matrices(ours)
    if more or fewer:
        return f"weights differ: {_shown(more)} in place of {_shown(fewer)}"
    folded = sum(map(prod, theirs)) - sum(map(prod, ours))
    return f"{folded:,} in vectors fewer" if folded else ""


def _matrices(shapes: list[tuple[int, ...]]) -> Counter[int]:
    """Weights of more than one axis, by how many numbers they have."""
    return Counter(prod(each) for each in shapes if sum(size > 1 for size in each) > 1)


def _shown(sizes: Counter[int]) -> str:
    return ", ".join(f"{count}x {size:,}" for size, count in sizes.items()) or "none"
