"""Whether a checkpoint holds what a run goes on from: nothing in it is believed before.

A digest tells what has changed since it was written, not what was never true.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytorch_lightning
import torch
from pytorch_lightning.__version__ import version as VERSION  # noqa: N812
from torch import Tensor, nn

from cnncalc.layers.base import times
from cnncalc.layers.fields import counted
from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import ReadError
from cnncalc.runtime.sealed import OWN
from cnncalc.runtime.stored import tensors
from cnncalc.runtime.train import optimizers
from cnncalc.runtime.train.averaging import COUNT
from cnncalc.runtime.train.sides import Side
from cnncalc.runtime.train.task import Task
from cnncalc.runtime.train.watch import Watch

SCALER = "MixedPrecision"
"""Where Lightning keeps what float16 gradients are multiplied with."""

OF_A_NETWORK = {"source": str, "recipe": dict}
SAID = {**OF_A_NETWORK, "data": str, "normalisation": dict, "images": dict}


def check_said(said: Mapping[str, Any]) -> None:
    """Raises ReadError unless the entries that a run is compared by are there."""
    for name, kind in SAID.items():
        _typed(said, name, kind)
    if "discriminator" in said:
        for name, kind in OF_A_NETWORK.items():
            _typed(_typed(said, "discriminator", dict), name, kind)
    if _count(said, "epochs") < 1:
        raise ReadError("has `epochs` 0: none is done")


def restored(
    contents: Mapping[str, Any], task: Task, trainer: pytorch_lightning.Trainer
) -> dict[str, Any]:
    """What Lightning is given, every part of it checked against the run that goes on. Raises
    ReadError."""
    said = contents[OWN]
    epochs, steps = _count(said, "epochs"), _count(contents, "global_step")
    if steps < 1 or _count(contents, "epoch") != epochs - 1:
        raise ReadError("has an `epoch` or a `global_step` that do not belong to its `epochs`")
    _check_watch(_typed(said, "watch", dict), epochs)
    given = {
        "epoch": epochs - 1,
        "global_step": steps,
        "state_dict": _state(contents, task, steps),
        "optimizer_states": _optimizers(contents, task, steps),
        "loops": {"fit_loop": _loop(contents, task, trainer, Done(epochs, steps))},
        "lr_schedulers": [],
        "callbacks": {},
        OWN: dict(said),
        "pytorch-lightning_version": VERSION,
    }
    scaler = _scaler(contents, trainer)
    return {**given, SCALER: scaler} if scaler else given


# -- entries --------------------------------------------------------------------------------


def _typed(entries: Mapping[str, Any], name: str, kind: type) -> Any:
    if name not in entries:
        raise ReadError(f"has no `{name}`")
    if not isinstance(entries[name], kind):
        raise ReadError(f"has a {_word(entries[name])} as its `{name}`")
    return entries[name]


def _count(entries: Mapping[str, Any], name: str) -> int:
    found = _typed(entries, name, int)
    if isinstance(found, bool) or not 0 <= found < 2**53:
        raise ReadError(f"has `{name}` {found}, which is no count")
    return int(found)


def _word(value: object) -> str:
    return type(value).__name__


def _check_watch(found: Mapping[str, Any], epochs: int) -> None:
    for name in ("epoch", "stale", "falls"):
        if _count(found, name) > epochs:
            raise ReadError(f"has watched `{name}` {found[name]} in {counted(epochs, 'epoch')}")
    _typed(found, "stopped", bool)
    if math.isnan(_typed(found, "best", float)) or found.keys() != set(Watch.KEPT):
        raise ReadError("has something else as its `watch` than what is watched")


# -- weights --------------------------------------------------------------------------------


def _state(contents: Mapping[str, Any], task: Task, updates: int) -> dict[str, Tensor]:
    given, wanted = tensors(_typed(contents, "state_dict", dict)), task.state_dict()
    for name in sorted(given.keys() ^ wanted.keys()):
        raise ReadError(f"{'lacks' if name in wanted else 'has'} the weight `{name}`")
    for name, tensor in given.items():
        _check_like(f"weight `{name}`", tensor, wanted[name])
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise ReadError(f"has values in `{name}` that are no numbers")
    if task.averaged and int(given[COUNT]) != task.averaged_in(updates):
        raise ReadError(f"has means of other steps than it has done: `{COUNT}`")
    return given


def _check_like(what: str, given: Tensor, wanted: Tensor) -> None:
    if given.shape != wanted.shape or given.dtype != wanted.dtype:
        raise ReadError(f"has a {what} of {_form(given)}, where the network has {_form(wanted)}")


def _form(tensor: Tensor) -> str:
    kind = str(tensor.dtype).removeprefix("torch.")
    return f"{times(tensor.shape)} {kind}" if tensor.shape else f"one {kind}"


# -- optimizers -----------------------------------------------------------------------------


def _optimizers(contents: Mapping[str, Any], task: Task, steps: int) -> list[dict[str, Any]]:
    """Each network's."""
    states = _typed(contents, "optimizer_states", list)
    if len(states) != len(task.sides) or not all(isinstance(state, dict) for state in states):
        wanted = {1: "a run has one", 2: "a run with a discriminator has two"}[len(task.sides)]
        raise ReadError(f"has {len(states)} optimizers, {wanted}")
    pairs = zip(states, task.sides, strict=True)
    return [_optimizer(found, side, steps) for found, side in pairs]


def _optimizer(found: Mapping[str, Any], side: Side, steps: int) -> dict[str, Any]:
    """The run's own settings, and what the file says was kept of each weight."""
    fresh = side.optimizer()
    groups = _groups(_typed(found, "param_groups", list), fresh.state_dict()["param_groups"])
    state = _typed(found, "state", dict)
    kept = _kept(side)
    if kept and not state:
        raise ReadError("has nothing of what its optimizer keeps")
    weights = [weight for group in fresh.param_groups for weight in group["params"]]
    for index, entries in state.items():
        if isinstance(index, bool) or index not in range(len(weights)):
            raise ReadError(f"has an optimizer that keeps something of a weight `{index}`")
        _check_kept(tensors(entries), kept, weights[index], steps)
    return {"state": state, "param_groups": groups}


def _groups(given: list[Any], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All but the rate follows from the recipe; the rate is set anew in each step."""
    if len(given) != len(wanted) or not all(isinstance(group, dict) for group in given):
        raise ReadError("has an optimizer with other groups of weights")
    for found, group in zip(given, wanted, strict=True):
        rate = found.get("lr")
        if not isinstance(rate, float) or not math.isfinite(rate) or rate < 0:
            raise ReadError(f"has the learning rate `{rate}`")
        for name in group.keys() - {"lr"}:
            if name in found and found[name] != group[name]:
                raise ReadError(f"has an optimizer with another `{name}` than its recipe")
    rates = [found["lr"] for found in given]
    return [{**group, "lr": rate} for group, rate in zip(wanted, rates, strict=True)]


def _kept(side: Side) -> dict[str, bool]:
    """What the optimizer keeps of each weight, and whether that has the weight's shape: so it does
    of a small one."""
    small = nn.Linear(2, 1, bias=False)
    optimizer = optimizers.optimizer(side.graph, small, side.recipe._replace(freeze=(), rates=()))
    small.weight.grad = torch.zeros_like(small.weight)
    optimizer.step()
    found: Mapping[str, Any] = optimizer.state[small.weight]
    return {name: tensor.shape == small.weight.shape for name, tensor in found.items()}


def _check_kept(
    given: Mapping[str, Tensor], kept: Mapping[str, bool], weight: Tensor, steps: int
) -> None:
    if given.keys() != kept.keys():
        words = ", ".join(sorted(given)) or "nothing"
        raise ReadError(f"has an optimizer that keeps {words} of a weight")
    for name, tensor in given.items():
        _check_like(f"`{name}` of its optimizer", tensor, weight if kept[name] else torch.zeros(()))
        if not kept[name] and not 0 <= float(tensor) <= steps:
            raise ReadError(f"has an optimizer whose `{name}` is {float(tensor):g}")


# -- how far the run was --------------------------------------------------------------------


class Done(NamedTuple):
    """How far a run was; updates: of weights, of both networks where there are two."""

    epochs: int
    updates: int


class Counts(NamedTuple):
    """What stands under `total` and `current`; less: how many fewer are completed."""

    total: int
    current: int
    less: int = 0


NONE = Counts(0, 0)


def _loop(
    contents: Mapping[str, Any], task: Task, trainer: pytorch_lightning.Trainer, done: Done
) -> dict[str, Any]:
    """Lightning's counters: all of them follow from epochs, updates, and the batches of the last
    epoch."""
    given = _typed(_typed(contents, "loops", dict), "fit_loop", dict)
    wanted = trainer.fit_loop.state_dict()
    if given.keys() != wanted.keys():
        raise ReadError("has other `loops` than this version of Lightning")
    batches = _batches(given, task, done)
    validated = _current(given, "epoch_loop.val_loop.batch_progress")
    special = _special(done, validated, task, batches)
    found = {}
    for name, template in wanted.items():
        counts = next((c for begins, c in special.items() if name.startswith(begins)), batches)
        found[name] = _counted(template, counts, counts.total)
        if given[name] != found[name]:
            raise ReadError(
                f"has `loops` that do not belong to {counted(done.epochs, 'epoch')}: `{name}`"
            )
    return found


def _batches(given: Mapping[str, Any], task: Task, done: Done) -> Counts:
    """Those that were trained on: as many as steps, or where several are gathered for one, no more
    than these are."""
    steps, gathered = task.steps_in(done.updates), task.recipe.accumulate
    found = _counts(given, "epoch_loop.batch_progress")
    if not steps <= found.total <= steps * gathered:
        raise ReadError(f"has {counted(steps, 'step')} of {found.total} batches")
    if not 0 < found.current <= found.total:
        raise ReadError(f"has an epoch of {found.current} batches in {found.total}")
    return found


def _special(done: Done, validated: int, task: Task, batches: Counts) -> dict[str, Counts]:
    """What counts something else than batches, by how its name begins."""
    steps = Counts(task.steps_in(done.updates), -(-batches.current // task.recipe.accumulate))
    found = {
        "epoch_loop.state_dict": steps,
        "epoch_progress": Counts(done.epochs, done.epochs, 1),  # written just before it is complete
        "epoch_loop.val_loop.": Counts(validated, validated),
        "epoch_loop.scheduler_progress": NONE,
    }
    if task.automatic_optimization:
        by_step = {"epoch_loop.automatic_optimization.": steps}
        return {**found, **by_step, "epoch_loop.manual_optimization.": NONE}
    by_hand = Counts(done.updates, done.updates)
    idle = {"epoch_loop.automatic_optimization.": NONE}
    return {**found, **idle, "epoch_loop.manual_optimization.": by_hand}


def _current(loop: Mapping[str, Any], name: str) -> int:
    return _counts(loop, name).current


def _counts(loop: Mapping[str, Any], name: str) -> Counts:
    both = _typed(loop, name, dict)
    total, current = (_count(_typed(both, each, dict), "ready") for each in ("total", "current"))
    return Counts(total, current)


def _counted(template: Mapping[str, Any], counts: Counts, count: int) -> dict[str, Any]:
    """The counters of a template, as they are after so many."""
    return {name: _number(name, inner, counts, count) for name, inner in template.items()}


def _number(name: str, inner: Any, counts: Counts, count: int) -> Any:
    if isinstance(inner, Mapping):
        return _counted(inner, counts, getattr(counts, name, count))
    if isinstance(inner, bool):
        return counts.total > 0
    return count - counts.less if name == "completed" else count


# -- float16 --------------------------------------------------------------------------------


def _scaler(contents: Mapping[str, Any], trainer: pytorch_lightning.Trainer) -> dict[str, Any]:
    """What gradients are scaled with, where they are."""
    wanted = trainer.precision_plugin.state_dict()
    if not wanted:
        return {}
    given = _typed(contents, SCALER, dict)
    sound = all(_is_positive(given.get(name)) for name in wanted.keys() - {"_growth_tracker"})
    if given.keys() != wanted.keys() or not sound or _count(given, "_growth_tracker") < 0:
        raise ReadError("has another scale of gradients than float16 has")
    return dict(given)


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value > 0
