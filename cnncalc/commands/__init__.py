"""One file per subcommand: one function of that name, which returns an exit code."""

SOUND = 0
PROBLEMS = 1
WRONG_USAGE = 2
