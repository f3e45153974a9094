"""The spec language: from YAML text to a graph."""
