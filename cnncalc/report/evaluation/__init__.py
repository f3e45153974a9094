"""An evaluation to a text."""
