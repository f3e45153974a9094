"""One network with made weights: out by the commands, in again, and how far its outputs are off."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor, nn

from benchmarks.onnx_imports.comparing import off
from benchmarks.onnx_imports.files import WrittenFile, drawn
from cnncalc.commands.export import export
from cnncalc.importing.checked import ImportingError
from cnncalc.language.load import load
from cnncalc.network.graph import Graph
from cnncalc.runtime.alike import outputs
from cnncalc.runtime.importing.carried_weights import save_state, state_of
from cnncalc.runtime.importing.imported_model import of_onnx
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.weights.fitted_weights import whole
from cnncalc.runtime.weights.weight_files import tensors_in

BATCH = 2

FARTHEST = 1e-5
"""How far outputs may be off by ONNX, as part of the largest number: float32, summed otherwise."""


def made(name: str, folder: Path) -> tuple[Graph, nn.Module]:
    """A network with weights of which none are alike; they stand in `made.pt`."""
    graph = load(name)
    network = drawn(lower(graph))
    torch.save(network.state_dict(), folder / "made.pt")
    return graph, network


def by_safetensors(name: str, folder: Path) -> Mapping[str, Any]:
    """Beside source, and into a network of other weights: all tensors and outputs to the last bit.
    Raises UsageError, UnfitError, ReadError."""
    graph, network = made(name, folder)
    torch.manual_seed(1)
    given = samples(graph, BATCH)
    wanted, state = outputs(network, given), network.state_dict()
    del network
    exported(name, folder, "torch", "net.py")
    again = lower(graph, seed=1).eval()
    whole(again, folder / "net.safetensors").put_into(again)
    held = again.state_dict()
    tensors = held.keys() == state.keys() and all(same(held[n], t) for n, t in state.items())
    equal = tensors and all(map(same, outputs(again, given), wanted))
    return {"result": "equal" if equal else "differs", "off": "" if equal else "bits"}


def by_onnx(name: str, folder: Path) -> Mapping[str, Any]:
    """By ONNX Runtime, and as an imported spec with the weights that `import` saved: the largest
    difference of an output, as part of the largest number. Where a file has operations that no
    layer says, by ONNX Runtime alone. Raises UsageError, ReadError."""
    graph, network = made(name, folder)
    exported(name, folder, "onnx", "net.onnx")
    torch.manual_seed(1)
    given = samples(graph, BATCH)
    far = apart(outputs(network, given), run(folder / "net.onnx", given))
    try:
        found = of_onnx(str(folder / "net.onnx"), ())
    except ImportingError as error:
        what = sorted({f"{each.operator}: {each.what}" for each in error.blockers})
        return {**judged(far), "why": f"not imported: {' | '.join(what)}"}
    save_state(found, folder / "again.safetensors", "again.safetensors")
    state, held = state_of(found), tensors_in(folder / "again.safetensors")
    if held.keys() != state.keys() or not all(same(held[n], t) for n, t in state.items()):
        return {"result": "differs", "off": "bits"}
    return judged(max(far, off(found, WrittenFile(folder / "net.onnx", module=network))))


def judged(far: float) -> Mapping[str, Any]:
    """Whether a difference is small enough, and how large it is."""
    return {"result": "within" if far <= FARTHEST else "differs", "off": f"{far:.1e}"}


def run(file: Path, given: list[Tensor]) -> list[Tensor]:
    """What ONNX Runtime makes of it."""
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    pairs = zip(session.get_inputs(), given, strict=True)
    found = session.run(None, {each.name: x.numpy() for each, x in pairs})
    return [torch.from_numpy(x) for x in found]


def apart(ones: list[Tensor], others: list[Tensor]) -> float:
    """How far outputs are from others at most, as part of the largest number of each."""
    pairs = zip(ones, others, strict=True)
    return max(
        float((one - other).abs().max() / other.abs().max().clamp_min(1e-30))
        for one, other in pairs
    )


WAYS = {"safetensors": by_safetensors, "onnx": by_onnx}


def exported(name: str, folder: Path, form: str, file: str) -> None:
    """As `cnncalc export --weights` does it. Raises UsageError."""
    with redirect_stdout(io.StringIO()):
        code = export(name, [], form, str(folder / file), weights=str(folder / "made.pt"))
    if code:
        raise RuntimeError(f"export ended with {code}")


def same(one: Tensor, other: Tensor) -> bool:
    """To the last bit, so that what is no number is like itself."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    pair = (each.detach().contiguous().reshape(-1).view(torch.uint8) for each in (one, other))
    return torch.equal(*pair)
