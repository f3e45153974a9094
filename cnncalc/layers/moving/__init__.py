"""Values moved, repeated, left out, or mixed from their neighbours."""
