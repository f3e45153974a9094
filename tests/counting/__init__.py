"""How other tools count: what they printed, and the tools themselves."""
