"""A spec as written in; the graph out: every block called, every repeat run, every shape known."""
