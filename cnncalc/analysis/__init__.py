"""What follows from a graph: one pass per file, each returns a new value keyed by node."""

from cnncalc.analysis.summary import Row, Summary, Totals, analyze, together

__all__ = ["Row", "Summary", "Totals", "analyze", "together"]
