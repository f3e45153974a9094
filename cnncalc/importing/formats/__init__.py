"""A network's file of another tool, read without that tool, as a Program: nothing of it is run."""
