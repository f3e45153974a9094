"""A tree in; the spec as written out: items, blocks, sections. Nothing is evaluated yet."""
