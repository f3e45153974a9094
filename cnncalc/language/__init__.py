"""The spec language: YAML text in, a graph out, or every fault of it with its place."""
