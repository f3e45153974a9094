"""The table of docs/small-devices.md: memory and flash beside what a runtime reports."""

from cnncalc.analysis.arena import least_arena, lite_arena
from cnncalc.analysis.flash import count_flash
from cnncalc.numbers import exact
from tests.analysis.test_arena import MCUNETS, ROWS
from tests.test_networks import summary

HEAD = "| network | least | arena | tflite-micro | flash | tensors | printed |"
RULE = "| --- | ---: | ---: | ---: | ---: | ---: | --- |"


def small_devices() -> str:
    """A line for each network that was published as a file of integers."""
    return "\n".join([HEAD, RULE, *map(_line, ROWS)])


def _line(row: dict[str, str]) -> str:
    graph = summary(row["spec"]).graph
    printed = ", ".join(filter(None, (row["published_memory"], row["published_flash"])))
    cells = [
        f"[{graph.name}](../specs/{row['spec']}.yaml)",
        exact(least_arena(graph).peak),
        exact(lite_arena(graph).planned),
        exact(int(row["head"])),
        exact(sum(count_flash(graph).values())),
        exact(int(row["weights"])),
        printed,
    ]
    return _cells(cells)


def mcunets() -> str:
    """A line for each network of MCUNet that sees ImageNet."""
    head = ["network", "least", "printed activations", "arena", "TF-Lite, in all", "TinyEngine"]
    return "\n".join([_cells(head), f"| --- |{' ---: |' * 5}", *map(_mcunet, MCUNETS)])


def _mcunet(row: dict[str, str]) -> str:
    graph = summary(row["spec"]).graph
    least, lite = least_arena(graph).peak, lite_arena(graph).planned
    sizes = (f"{least / 1024:,.2f}", row["activations"], f"{lite / 1024:,.2f}")
    name = f"[{graph.name}](../specs/{row['spec']}.yaml)"
    return _cells([name, *sizes, row["tf_lite"], row["tinyengine"]])


def _cells(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
