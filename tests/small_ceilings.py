"""What a device reaches, measured on small tensors: for tests of what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

SIZES = {
    "SIDES": {"cpu": (64, 128), "cuda": (512, 1024)},
    "COPIED": {"cpu": (2**20,), "cuda": (2**24,)},
    "WINDOWS": ((8, 14, 3), (8, 14, 5)),
    "POOLED": (8, 14),
    "POOLS": (1, 3),
    "CURVED": (2**12,),
    "LEVELS": (2**14, 2**18),
}


@pytest.fixture(scope="module")
def small_ceilings() -> Iterator[None]:
    """No test before or behind has them, or gives its own to these."""
    from cnncalc.runtime.profile import ceilings

    ceilings._measured_once.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for name, sizes in SIZES.items():
            patch.setattr(ceilings, name, sizes)
        yield
    ceilings._measured_once.cache_clear()
