"""Models of other libraries imported: which are exact, and what stands in the way of the others.

python -m benchmarks.imports torchvision -o torchvision.csv --with-site FOLDER

A process for each model, with a limit of its time; a model that the table has already is not tried
again. FOLDER has the libraries, where they are not installed: torchvision's compiled part need not
load, since its models are Python.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
import types
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

COLUMNS = ("model", "result", "layers", "params", "macs", "seconds", "why")
LIMIT = 180.0
"""Seconds for one model."""

DECLARED = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor",
    "roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width) -> (Tensor, Tensor)",
    "ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width, int sampling_ratio) -> (Tensor, Tensor)",
    "ps_roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height,"
    " SymInt pooled_width) -> (Tensor, Tensor)",
)
"""Operators of torchvision's compiled part, which its models of images do not call."""


def torchvision() -> Any:
    """The library, be its compiled part there or not."""
    import torch

    for name in ("torchvision._meta_registrations", "torchvision._autograd_registrations"):
        sys.modules.setdefault(name, types.ModuleType(name))
    declared = torch.library.Library("torchvision", "FRAGMENT")
    for schema in DECLARED:
        try:
            declared.define(schema)
        except RuntimeError:
            continue
    import torchvision

    torchvision.declared = declared  # it lasts as long as what declares it
    return torchvision


def names(library: str) -> list[str]:
    """Its models."""
    found = torchvision()
    if library == "torchvision":
        rooms = found.models, found.models.segmentation, found.models.video
        return [name for room in rooms for name in found.models.list_models(room)]
    import timm

    return list(timm.list_models())


def made(library: str, name: str) -> tuple[Any, tuple[int, ...]]:
    """A model, and the shape that it reads."""
    found = torchvision()
    if library == "timm":
        import timm

        settings = timm.get_pretrained_cfg(name)
        shape = tuple(settings.input_size) if settings else (3, 224, 224)
        return timm.create_model(name, pretrained=False), shape
    room = found.models.get_model_builder(name).__module__
    options: dict[str, Any] = {"weights": None}
    if "segmentation" in room:
        options["weights_backbone"] = None
    shape = (3, 299, 299) if name.startswith("inception") else (3, 224, 224)
    if "video" in room:
        frames = (3, 16, 112, 112), (3, 16, 224, 224)
        shape = frames[name.startswith(("mvit", "swin3d", "s3d"))]
    return found.models.get_model(name, **options), shape


def tried(library: str, name: str) -> Mapping[str, Any]:
    """One model imported in this process."""
    from cnncalc.importing.checked import DifferenceError, ImportingError
    from cnncalc.runtime.importing.imported_model import of_module
    from cnncalc.runtime.importing.named import NoModelError, filled, hollow
    from cnncalc.runtime.importing.traced import TraceError

    try:
        with hollow() as weights:
            module, shape = made(library, name)
        module = filled(module, weights)
    except (NoModelError, RuntimeError, NotImplementedError):
        module, shape = made(library, name)
    try:
        found = of_module(module, [shape], name)
    except ImportingError as error:
        counted = Counter(f"{each.operator}: {each.what}" for each in error.blockers)
        return {"result": "blocked", "why": " | ".join(what for what, _ in counted.most_common())}
    except DifferenceError as error:
        return {"result": "different", "why": str(error)}
    except TraceError as error:
        return {"result": "not traced", "why": str(error)}
    counts = found.sketch.program.counted
    numbers = {"layers": len(found.graph.layers), "params": counts.params, "macs": counts.macs}
    return {"result": "exact", **numbers, "why": " | ".join(found.notes)}


def in_a_process(library: str, name: str, site: str) -> Mapping[str, Any]:
    """One model in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.imports", library, "--one", name]
    begin = time.monotonic()
    try:
        done = subprocess.run(
            [*words, "--with-site", site],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"result": "late", "seconds": round(LIMIT)}
    seconds = round(time.monotonic() - begin, 1)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        return {"result": "failed", "seconds": seconds, "why": done.stderr.strip()[-200:]}
    found: dict[str, Any] = json.loads(lines[-1])
    return {**found, "seconds": seconds}


def rows(library: str, table: Path, site: str) -> Iterator[Mapping[str, Any]]:
    """A row for each model that the table lacks."""
    known: set[str] = set()
    if table.exists():
        with table.open(newline="") as file:
            known = {row["model"] for row in csv.DictReader(file)}
    for name in names(library):
        if name not in known:
            yield {"model": name, **in_a_process(library, name, site)}


def main() -> None:
    """Fill the table, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=("torchvision", "timm"))
    parser.add_argument("-o", "--output", default="imports.csv")
    parser.add_argument("--one")
    parser.add_argument("--with-site", default="")
    given = parser.parse_args()
    if given.with_site:
        sys.path.append(given.with_site)
    if given.one:
        print(json.dumps(tried(given.library, given.one)))
        return
    table = Path(given.output)
    begins = not table.exists()
    with table.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        if begins:
            writer.writeheader()
        for row in rows(given.library, table, given.with_site):
            writer.writerow(row)
            file.flush()
            print(row["model"], row["result"], row.get("why", "")[:100], flush=True)
    with table.open(newline="") as file:
        found = list(csv.DictReader(file))
    print(Counter(row["result"] for row in found))
    blockers = Counter(
        why for row in found for why in row["why"].split(" | ") if row["result"] == "blocked"
    )
    for why, count in blockers.most_common(30):
        print(f"{count:5} {why}")


if __name__ == "__main__":
    main()
