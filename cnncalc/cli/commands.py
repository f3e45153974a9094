"""The commands, in the order of the help: each is a function in a file of its name."""

COMMANDS = {
    "analyze": "analyze",
    "compare": "compare",
    "check": "check",
    "explain": "explain",
    "calc": "calc",
    "export": "export",
    "draw": "draw",
    "report": "report",
    "memory": "memory",
    "profile": "profile",
    "verify": "verify",
    "transform": "transform",
    "import": "import_model",
    "train": "train",
    "evaluate": "evaluate",
    "predict": "predict",
    "init": "init",
    "schema": "schema",
}
"""A command, and the function of it; `zoo`, which has commands below it, stands by itself."""
