"""Settings: `CNN7xx`. The examples are a `cnncalc.toml`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN701": page(
        "settings that cannot be read",
        """`cnncalc.toml`, or a `pyproject.toml` with a table `[tool.cnncalc]`, cannot be read or
        is not TOML. The specs are checked as if it set nothing.""",
        "max_params = 30M",
        'max_params = "30M"',
    ),
    "CNN702": page(
        "there is no such setting",
        """Settings are `select`, `ignore`, `severity`, `fits`, and budgets such as `max_params`, by
        themselves or in a table `budgets`. What is misspelt would set nothing.""",
        'max_parms = "30M"',
        'max_params = "30M"',
    ),
    "CNN703": page(
        "a setting has a wrong value",
        """`select` and `ignore` are lists of codes or their beginnings; `severity` maps them to
        `error`, `warning`, `note` or `off`; a budget is a number, `fits` a size. What cannot be
        checked at all (CNN1 to CNN5, CNN601) and what is wrong in the settings themselves (CNN7)
        cannot be ignored.""",
        """
max_params = "plenty"
""",
        """
max_params = 30_000_000
max_macs = "4G"
ignore = ["CNN604"]
severity = {CNN605 = "warning", CNN8 = "off"}
""",
    ),
}
