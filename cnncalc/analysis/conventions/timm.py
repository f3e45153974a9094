"""timm's published `gmacs`: fvcore's count."""

from __future__ import annotations

from cnncalc.analysis.conventions.convention import Convention
from cnncalc.analysis.conventions.fvcore import SAYS, count

TIMM = Convention("timm", "1.0.31", "MACs", count, SAYS)
