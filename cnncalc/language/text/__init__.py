"""Paths and bytes in; YAML trees out, in which every value knows its place."""
