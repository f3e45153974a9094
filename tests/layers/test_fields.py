"""What each field type takes of the values a spec can hold, and what it says to the others."""

from typing import Any, NamedTuple

import pytest

from cnncalc.language.values.values import Word
from cnncalc.layers import LAYERS
from cnncalc.layers.fields import LARGEST, FieldError, FieldType


class Placed(NamedTuple):
    """A layer in its place."""

    shape: tuple[int, ...]


CONV, POOL = LAYERS["conv"].fields, LAYERS["avg_pool"].fields
FILTERS = CONV["filters"].type
KERNEL = CONV["kernel"].type
PADDING = CONV["padding"].type
BIAS = CONV["bias"].type
TRANSPOSED = LAYERS["conv_transpose"].fields["padding"].type
ROUNDING = POOL["rounding"].type
STRIDE = POOL["stride"].type
NORM = LAYERS["lp_pool"].fields["norm"].type
START = LAYERS["pad_channels"].fields["count"].type
RATE = LAYERS["dropout"].fields["rate"].type
EPS = LAYERS["batch_norm"].fields["eps"].type
SLOPE = LAYERS["leaky_relu"].fields["slope"].type
POOLED = LAYERS["max_pool"].fields["padding"].type
EDGES = LAYERS["pad"].fields["size"].type
TABLE = CONV["table"].type
RESHAPED = LAYERS["reshape"].fields["sizes"].type
ORDER = LAYERS["permute"].fields["order"].type
SLICED = LAYERS["slice"].fields["start"].type
LAYERS_OF_LSTM = LAYERS["lstm"].fields["layers"].type
SCALE = LAYERS["upsample"].fields["scale"].type
LIKE = LAYERS["upsample"].fields["like"].type
GRID_OF = LAYERS["adaptive_avg_pool"].fields["size"].type
TAPS = LAYERS["fixed_filter"].fields["taps"].type
NUMBERS = "numbers, row by row (`[[1, 0, -1]]`), or `sobel_x`, `sobel_y`, `laplace`"
OVER = LAYERS["layer_norm"].fields["over"].type

AXES = LAYERS["mean"].fields["over"].type
AXIS = LAYERS["softmax"].fields["over"].type
ABOVE = LAYERS["celu"].fields["alpha"].type


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (AXES, "space", "space"),
        (AXES, "channels", "channels"),
        (AXES, 0, 0),
        (AXES, ("channels", 2), ("channels", 2)),
        (AXES, ("width",), ("width",)),
        (AXIS, "steps", "steps"),
        (AXIS, 3, 3),
        (ABOVE, 1, 1.0),
        (FILTERS, 64, 64),
        (FILTERS, LARGEST, LARGEST),
        (KERNEL, 3, 3),
        (KERNEL, (1, 7), (1, 7)),
        (STRIDE, (1, 2, 2), (1, 2, 2)),
        (PADDING, 0, 0),
        (PADDING, "same", "same"),
        (PADDING, (0, 1), (0, 1)),
        (PADDING, ((0, 1), (2, 3)), ((0, 1), (2, 3))),
        (PADDING, "causal", "causal"),
        (TRANSPOSED, "same", "same"),
        (BIAS, False, False),
        (ROUNDING, "ceil", "ceil"),
        (START, 0, 0),
        (RATE, 0, 0.0),
        (RATE, 1, 1.0),
        (NORM, 2, 2.0),
        (EPS, 1e-3, 1e-3),
        (SLOPE, -1, -1.0),
        (EDGES, 2, 2),
        (EDGES, (1, 2), (1, 2)),
        (EDGES, ((0, 1), (2, 3)), ((0, 1), (2, 3))),
        (OVER, "all", "all"),
        (TAPS, "laplace", "laplace"),
        (TAPS, 3, (3.0,)),
        (TAPS, (1, 0.5), (1.0, 0.5)),
        (TAPS, ((1, 2), (3, 4)), ((1.0, 2.0), (3.0, 4.0))),
        (SCALE, 2, 2),
        (SCALE, 2.0, 2),
        (SCALE, 1.5, 1.5),
        (SCALE, (1.5, 2), (1.5, 2)),
        (GRID_OF, 7, 7),
        (GRID_OF, (1, "none"), (1, None)),
        (LIKE, Word.at("skip", None, Placed((3, 8, 8)), {}), (3, 8, 8)),
        (TABLE, ((0, 2), (1,)), ((0, 2), (1,))),
        (LAYERS_OF_LSTM, 1000, 1000),
        (RESHAPED, 10, (10,)),
        (RESHAPED, (64, -1), (64, -1)),
        (RESHAPED, (-1, 7, 7, 1), (-1, 7, 7, 1)),
        (ORDER, (1, 0), (1, 0)),
        (ORDER, ("width", 0, "height"), ("width", 0, "height")),
        (ORDER, 0, (0,)),
        (SLICED, -3, -3),
    ],
)
def test_taken(field: FieldType, value: Any, kept: Any) -> None:
    assert field.accept(value) == kept
    assert type(field.accept(value)) is type(kept)


FACTOR = "a factor (`2`, `1.5`, `2x3`, `[1.5, 2]`) above 0"
SIZE = "a size (`3`, `1x7`, `[1, 7]`) of at least"
PAIRS = "or per axis `[before, after]`"
SIDES = f"{PAIRS}, or"

ONE = "an axis: `channels`, `depth`, `height`, `width`, `steps`, or 0 to 3"
SEVERAL = (
    "axes: `space`, `all`, `channels`, `depth`, `height`, `width`, `steps`, or 0 to 3, "
    "or a list of them"
)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        (AXES, "rows", f"wants {SEVERAL}, got `rows`"),
        (AXES, (), f"wants {SEVERAL}, got `[]`"),
        (AXES, ("space", 0), f"wants {SEVERAL}, got `[space, 0]`"),
        (AXES, ((0,),), f"wants {SEVERAL}, got `[[0]]`"),
        (AXES, (1, 1), "wants each axis once, got `[1, 1]`"),
        (AXES, 4, "wants a whole number of at most 3, got 4"),
        (AXES, True, f"wants {SEVERAL}, got `true`"),
        (AXIS, "space", f"wants {ONE}, got `space`"),
        (AXIS, (1,), f"wants {ONE}, got `[1]`"),
        (AXIS, 0.5, "wants a whole number, got 0.5"),
        (AXIS, -1, "wants a whole number from 0 to 3, got -1"),
        (ABOVE, 0, "wants a number above 0, got 0"),
        (ABOVE, "x", "wants a number above 0, got `x`"),
        (FILTERS, 0, "wants a whole number of at least 1, got 0"),
        (FILTERS, 2.5, "wants a whole number, got 2.5"),
        (FILTERS, True, "wants a whole number, got `true`"),
        (FILTERS, "many", "wants a whole number, got `many`"),
        (FILTERS, LARGEST + 1, "wants a whole number of at most 1,000,000,000, got 1,000,000,001"),
        (START, -1, "wants a whole number of at least 0, got -1"),
        (KERNEL, "same", f"wants {SIZE} 1, got `same`"),
        (KERNEL, (1, 0), "wants a whole number of at least 1, got 0"),
        (KERNEL, (1, 1, 1, 1), "wants one to three sizes, got 4"),
        (POOLED, "full", f"wants {SIZE} 0, {SIDES} `half`, `same`, `valid`, got `full`"),
        (POOLED, "causal", f"wants {SIZE} 0, {SIDES} `half`, `same`, `valid`, got `causal`"),
        (PADDING, "full", f"wants {SIZE} 0, {SIDES} `half`, `same`, `valid`, `causal`, got `full`"),
        (
            PADDING,
            ((0, 1), 2),
            f"wants {SIZE} 0, {SIDES} `half`, `same`, `valid`, `causal`, got `[[0, 1], 2]`",
        ),
        (TRANSPOSED, "causal", f"wants {SIZE} 0 or `half`, `same`, `valid`, got `causal`"),
        (BIAS, 1, "wants `true` or `false`, got `1`"),
        (ROUNDING, "up", "wants one of `floor`, `ceil`, got `up`"),
        (RATE, 1.5, "wants a number from 0 to 1, got 1.5"),
        (RATE, True, "wants a number from 0 to 1, got `true`"),
        (NORM, 0.5, "wants a number of at least 1, got 0.5"),
        (NORM, float("inf"), "wants a number of at least 1, got inf"),
        (EPS, float("nan"), "wants a number of at least 0, got nan"),
        (SLOPE, 10**400, f"wants a number, got 1{199 * '0'}..."),
        (EDGES, ((0, 1), 2), f"wants {SIZE} 0, {PAIRS}, got `[[0, 1], 2]`"),
        (EDGES, ((0, 1, 2),), f"wants {SIZE} 0, {PAIRS}, got `[[0, 1, 2]]`"),
        (SCALE, 0, f"wants {FACTOR}, got 0"),
        (SCALE, -1.5, f"wants {FACTOR}, got -1.5"),
        (SCALE, True, f"wants {FACTOR}, got `true`"),
        (SCALE, (1, "two"), f"wants {FACTOR}, got `two`"),
        (SCALE, (1, 1, 1, 1), "wants one to three factors, got 4"),
        (SCALE, float("nan"), f"wants {FACTOR}, got nan"),
        (SCALE, 10**400, f"wants {FACTOR}, got 1{199 * '0'}..."),
        (GRID_OF, "none", "wants a size (`7`, `7x7`, `[1, none]`) of at least 1, got `none`"),
        (GRID_OF, (0, "none"), "wants a whole number of at least 1, got 0"),
        (GRID_OF, ("all", 1), "wants a whole number, got `all`"),
        (LIKE, (3, 8, 8), "wants the name of an earlier layer, got `[3, 8, 8]`"),
        (LIKE, "skip", "wants the name of an earlier layer, got `skip`"),
        (TAPS, "sobel", f"wants {NUMBERS}, got `sobel`"),
        (TAPS, True, f"wants {NUMBERS}, got `true`"),
        (TAPS, ((1, 2), (3,)), "wants as many numbers in each row"),
        (TAPS, ((1, 2), 3), "wants as many numbers in each row"),
        (TAPS, (), "wants as many numbers in each row"),
        (TAPS, ((),), "wants as many numbers in each row"),
        (TAPS, (((((1,),),),),), "wants numbers over three axes at most"),
        (TAPS, ((1, "a"),), "wants a number, got `a`"),
        (TAPS, ((1,) * 65,) * 64, "wants at most 4,096 numbers, got 4,160"),
        (TABLE, 3, "wants a list of channels for each filter (`[[0, 1], [1, 2]]`), got `3`"),
        (
            TABLE,
            ((0, 1), 2),
            "wants a list of channels for each filter (`[[0, 1], [1, 2]]`), got `[[0, 1], 2]`",
        ),
        (TABLE, ((0, -1),), "wants a whole number of at least 0, got -1"),
        (TABLE, (("all",),), "wants a whole number, got `all`"),
        (LAYERS_OF_LSTM, 1001, "wants a whole number of at most 1,000, got 1,001"),
        (LAYERS_OF_LSTM, 0, "wants a whole number from 1 to 1,000, got 0"),
        (RESHAPED, (64, 0), "wants a whole number of at least 1, got 0"),
        (RESHAPED, (64, -1.0), "wants a whole number, got -1.0"),
        (RESHAPED, (-1, -1), "wants one -1 at most, got `[-1, -1]`"),
        (RESHAPED, (1, 2, 3, 4, 5), "wants one to four sizes, got 5"),
        (ORDER, (0, 0), "wants each axis once, got `[0, 0]`"),
        (ORDER, (0, 4), "wants a whole number of at most 3, got 4"),
        (SLICED, -LARGEST - 1, "wants a whole number of at least -1,000,000,000, got -1000000001"),
        (EDGES, ((0, -1),), "wants a whole number of at least 0, got -1"),
    ],
)
def test_refused(field: FieldType, value: Any, reason: str) -> None:
    with pytest.raises(FieldError) as refused:
        field.accept(value)
    assert refused.value.reason == reason


@pytest.mark.parametrize("kind", LAYERS)
def test_a_field_says_what_it_wants(kind: str) -> None:
    for field in LAYERS[kind].fields.values():
        assert field.type.wants
        for word in field.type.words:
            assert field.type.accept(word) == word
