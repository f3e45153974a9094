"""Analyses of networks, and what differs between them, in; the networks side by side out."""
