"""`cnncalc draw FOLDER --style scatter`: a chart of all the networks in a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cnncalc.commands.formats import Format
from cnncalc.commands.options import UsageError
from cnncalc.commands.output import put
from cnncalc.commands.report_folder import met_in, report_unread
from cnncalc.commands.written_pictures import written
from cnncalc.report.picture.network_charts import accuracy_charts, size_chart
from cnncalc.report.picture.scatter_style import scatter_style


def draw_folder(
    folder: str, style: str, form: Format, size: Mapping[str, float], output: str | None
) -> int:
    """Draw the chart, of accuracies that of the most networks; 1 where specs cannot be read, which
    are not on it. Raises UsageError where there is none to draw."""
    if not os.path.isdir(folder):
        raise UsageError(f"--style {style} draws the networks of a folder, not `{folder}`")
    met = met_in(folder)
    read = [one.summary for one in met if one.summary]
    chart = size_chart(read) if style == "scatter" else next(iter(accuracy_charts(read)), None)
    if chart is None:
        wanted = {"scatter": "params and MACs", "accuracy": "an error that was `published`"}[style]
        raise UsageError(f"too few networks in `{folder}` have {wanted}")
    put(written(scatter_style(chart), form, size), output)
    return report_unread(met)
