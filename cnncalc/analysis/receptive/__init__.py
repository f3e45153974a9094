"""The receptive field: which inputs of the network each output of a node can see.

Fields are those of an unbounded input: where one reaches beyond the border, it sees padding. Axes
are followed each by itself: a field is exact along each, save where some outputs see nothing along
another axis, and a later stride reads none but those.

Channels are followed in ranges that see alike, where something behind reads some of them alone: a
slice, a group of filters. The field of a node is that of all its channels together.
"""

from cnncalc.analysis.receptive.axis import AxisField, Interval
from cnncalc.analysis.receptive.channels import Channels
from cnncalc.analysis.receptive.follow import channel_fields, receptive_fields
from cnncalc.analysis.receptive.joined import Receptive

__all__ = [
    "AxisField",
    "Channels",
    "Interval",
    "Receptive",
    "channel_fields",
    "receptive_fields",
]
