"""PyYAML, its patterns compiled when they are used: most of what its import takes, and nearly all
of them are of parts that reading a spec never comes to."""

from __future__ import annotations

import re
import sys
from typing import Any

from cnncalc.later_patterns import Later


def _imported() -> Any:
    if "yaml" not in sys.modules and len(sys._current_frames()) == 1:  # no thread sees the other
        compiled = re.compile
        re.compile = Later  # type: ignore[assignment]
        try:
            import yaml
        finally:
            re.compile = compiled
    import yaml
    import yaml.reader

    return yaml


yaml = _imported()
