"""The analysis of a network in; its table out."""
