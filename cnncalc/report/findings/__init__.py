"""What a check has found, one format per file: each a function from findings to their text."""
