"""A weight made of the tensors that it comes from."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cnncalc.importing.drafts import Origin


def assembled(origin: Origin, parts: Sequence[Tensor]) -> Tensor:
    """What becomes of its tensors. Raises RuntimeError, IndexError where they have no such parts
    or order."""
    whole = torch.cat([*parts]) if len(parts) > 1 else parts[0]
    if origin.part:
        whole = whole[slice(*origin.part)]
    if origin.order:
        whole = whole.permute(origin.order)
    return whole * origin.factor if origin.factor != 1 else whole
