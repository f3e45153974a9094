"""The slices of a record: what is measured at once, and kept before the next one begins."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.record.store import Found
from cnncalc import load
from cnncalc.analysis.measured import Profile
from cnncalc.analysis.roofline import least, works
from cnncalc.machine import Ceilings
from cnncalc.report.profile.compared.to_json import to_json as comparison
from cnncalc.report.profile.lines import Folded
from cnncalc.report.profile.to_json import to_json
from cnncalc.runtime.exhaustion import ran_out
from cnncalc.runtime.lower import lower
from cnncalc.runtime.profile.ceilings import ceilings
from cnncalc.runtime.profile.device import DTYPES, UnavailableError, device, measuring
from cnncalc.runtime.profile.graphs import UngraphedError
from cnncalc.runtime.profile.network import prepared
from cnncalc.runtime.profile.paired import compared, in_turn
from cnncalc.runtime.profile.profile import DoesNotFitError, Options, UncompiledError, profile
from cnncalc.runtime.reading import brief

PAIR = ("inception_naive", "inception_bottleneck", "inception_358m")
"""854M MACs, and what 271M and 358M make of it."""

TORCHVISION = ("resnet50", "vgg16", "mobilenet_v2")
"""What is there under the same name."""

EAGER, COMPILED, GRAPHED, AMP = "eager", "compiled", "graphed", "amp"
"""As it is, in other ways, and with weights of fp32 under autocast to bf16, as people train."""

Measure = Callable[[dict[str, Found]], Found]
"""What measures a slice, given those before it."""


class Asked(NamedTuple):
    """What a record is to hold.

    compiled, graphed: batches that are, too, in the last of the dtypes
    """

    device: str
    batches: list[int]
    dtypes: list[str]
    networks: list[str]
    compiled: list[int]
    graphed: list[int]
    rounds: int


def slices(asked: Asked) -> dict[str, Measure]:
    """By name, in the order in which they are measured: what takes longest comes last."""
    return dict(
        [
            *((f"ceilings {dtype}", _ceilings(asked, dtype)) for dtype in asked.dtypes),
            *_eager(asked),
            *_pairs(asked),
            *_in_other_ways(asked, GRAPHED, asked.graphed),
            *_amp(asked),
            *_against_torchvision(asked),
            *_in_other_ways(asked, COMPILED, asked.compiled),
        ]
    )


def measured(measure: Measure, before: dict[str, Found]) -> Found:
    """What a slice found, or why it found nothing: the others go on."""
    try:
        return measure(before)
    except DoesNotFitError as error:
        return {"left out": f"too large: {error.fits} fit"}
    except UncompiledError as error:
        return _without("not compiled", error)
    except UngraphedError as error:
        return _without("not graphed", error)
    except (UnavailableError, RuntimeError) as error:  # no such operation for these numbers
        return _without("too large" if ran_out(error) else "not measured", error)


def _without(what: str, error: Exception) -> Found:
    return {"left out": f"{what}: {brief(' '.join(str(error).split()))}"}


def _eager(asked: Asked) -> Iterator[tuple[str, Measure]]:
    for batch in asked.batches:
        for dtype in asked.dtypes:
            for name in asked.networks:
                yield _network(asked, name, dtype, batch, EAGER)


def _in_other_ways(asked: Asked, mode: str, batches: list[int]) -> Iterator[tuple[str, Measure]]:
    for batch in batches:
        for name in asked.networks:
            yield _network(asked, name, number_of(asked.dtypes), batch, mode)


def _amp(asked: Asked) -> Iterator[tuple[str, Measure]]:
    if {"fp32", "bf16"} <= {*asked.dtypes}:
        for batch in asked.graphed:
            for name in asked.networks:
                yield _network(asked, name, "fp32", batch, AMP)


def number_of(dtypes: list[str]) -> str:
    """The numbers in which networks are compiled and graphed."""
    return "bf16" if "bf16" in dtypes else dtypes[-1]


def _ceilings(asked: Asked, dtype: str) -> Measure:
    def measure(_: dict[str, Found]) -> Found:
        place = device(asked.device, dtype)
        with measuring(place):
            return dict(ceilings(place)._asdict())

    return measure


def _network(asked: Asked, name: str, dtype: str, batch: int, mode: str) -> tuple[str, Measure]:
    ways = {COMPILED: {"compiled": True}, GRAPHED: {"graphed": True}, AMP: {"autocast": "bf16"}}
    options = Options(batch, asked.rounds)._replace(**ways.get(mode, {}))
    computed = options.autocast or dtype

    def measure(before: dict[str, Found]) -> Found:
        known = before.get(f"ceilings {computed}", {})
        place = device(asked.device, dtype)
        limits = None if "left out" in known or not known else Ceilings.of(known)
        found = profile(load(name), place, options, limits)
        document: Found = json.loads(to_json([Folded(found)]))
        del document["spec"], document["ceilings"], document["version"]  # the record has its own
        flops = found.summary.totals.ops.flops
        width = DTYPES[computed].itemsize
        return {**document, "flops": flops, "least": _least(found, width)}

    return f"{name} {dtype} {batch} {mode}", measure


def _least(found: Profile, width: int) -> float:
    """The seconds of a forward pass in which each layer takes what the ceilings allow."""
    done = works(found.summary.graph, found.setting.batch, width).values()
    return sum(least(each, found.ceilings).seconds for each in done)


def _pairs(asked: Asked) -> Iterator[tuple[str, Measure]]:
    for batch in asked.batches:
        for dtype in asked.dtypes:
            for other in PAIR[1:]:
                yield f"pair {other} {dtype} {batch}", _pair(asked, other, dtype, batch)


def _pair(asked: Asked, other: str, dtype: str, batch: int) -> Measure:
    def measure(_: dict[str, Found]) -> Found:
        options = Options(batch, asked.rounds)
        found = compared(load(PAIR[0]), load(other), device(asked.device, dtype), options)
        document: Found = json.loads(comparison(found))
        return {name: document[name] for name in ("macs", "forward", "step")}

    return measure


def _against_torchvision(asked: Asked) -> Iterator[tuple[str, Measure]]:
    for batch in asked.graphed:
        for dtype in asked.dtypes:
            for name in TORCHVISION:
                if name in asked.networks:
                    measure = _beside_torchvision(asked, name, dtype, batch)
                    yield f"torchvision {name} {dtype} {batch}", measure


def _beside_torchvision(asked: Asked, name: str, dtype: str, batch: int) -> Measure:
    def measure(_: dict[str, Found]) -> Found:
        if importlib.util.find_spec("torchvision") is None:
            return {"left out": "torchvision is not installed"}
        models = importlib.import_module("torchvision.models")
        graph, place = load(name), device(asked.device, dtype)
        modules = getattr(models, name)(weights=None), lower(graph)
        with measuring(place):
            theirs, ours = (prepared(graph, module, place, batch) for module in modules)
            forward = in_turn(place, theirs.forward, ours.forward, asked.rounds)
            step = in_turn(place, theirs.step, ours.step, asked.rounds)
        times = {"forward": forward, "step": step}
        sides = ("left", "right", "ratio")
        return {
            key: {side: getattr(time, side)._asdict() for side in sides}
            for key, time in times.items()
        }

    return measure
