"""Every diagnostic code: what it says, why it is said, a spec that has it and one that is sound.

One module per subject: `CNN1xx` YAML and files, `2xx` fields and recipes, `3xx` wiring, `4xx`
shapes, `5xx` blocks and expressions, `6xx` expectations and budgets, `7xx` settings, `8xx`
comments to cnncalc. The pages of design advice, `9xx`, stand beside their rules, in
`cnncalc.analysis.lint`; `cnncalc.checking.every_code` has all. A code is never reused.
"""
