"""Spec files and a project's settings in; findings out."""
