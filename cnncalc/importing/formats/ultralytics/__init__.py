"""Ultralytics' YAML: rows of modules, one reading the others, to operations."""
