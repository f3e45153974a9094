"""`cnncalc explain`: its options."""

from typing import Annotated

from cnncalc.cli.declared import Misused, Option, Positional
from cnncalc.cli.running import run
from cnncalc.cli.shared import Force, Inputs, Root, Settings, one_of
from cnncalc.commands import formats


def explain(
    topic: Annotated[
        str,
        Positional(
            help="A spec, a layer kind, a word (padding), a code (CNN202); `kinds`, `topics`.",
            completes="topics",
        ),
    ],
    layer: Annotated[
        str | None, Positional(help="Of a spec: the layer's path.", completes="layers")
    ] = None,
    flops: Annotated[
        bool, Option("--flops", help="Of a spec: what other tools count, and why.")
    ] = False,
    settings: Settings = None,
    inputs: Inputs = None,
    weights: Annotated[
        str | None,
        Option(
            "--weights", metavar="FILE", help="Of a layer: read its weights, of a saved state_dict."
        ),
    ] = None,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help="Draw these as filters, side by side: .png."),
    ] = None,
    drawing: Annotated[
        str | None,
        Option("--draw", metavar="FILE", help="Of a layer: draw its window: .svg, .pdf."),
    ] = None,
    force: Force = False,
    root: Root = None,
    form: Annotated[str, one_of(formats.EXPLAIN)] = formats.EXPLAIN[0].name,
) -> int:
    """Put the numbers into the arithmetic of one layer; or open the page of a word."""
    given = {
        "--flops": flops,
        "--draw": drawing,
        "--weights": weights or output,
        f"--format {form}": form != formats.EXPLAIN[0].name and not flops,
    }
    asked = [option for option, value in given.items() if value]
    if len(asked) > 1:
        raise Misused(f"{' and '.join(asked)} do not go together")
    if drawing is not None:
        from cnncalc.commands.explain import explain_drawn

        return run(
            lambda: explain_drawn(topic, layer, settings or [], inputs or [], drawing, force)
        )
    if weights is not None or output is not None:
        from cnncalc.commands.explain_weights import explain_weights

        return run(
            lambda: explain_weights(
                topic, layer, settings or [], inputs or [], weights, output, force
            )
        )
    from cnncalc.commands.explain import explain as command

    return run(lambda: command(topic, layer, settings or [], inputs or [], flops, form))
