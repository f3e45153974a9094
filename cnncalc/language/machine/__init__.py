"""A machine file in, its values out, and back: what was measured of a device once."""
