"""Predictions to a text."""
