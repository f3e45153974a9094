"""Layers that later networks left behind."""
