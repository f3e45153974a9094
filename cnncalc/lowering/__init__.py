"""A graph as PyTorch source: text only, torch is never imported here."""
