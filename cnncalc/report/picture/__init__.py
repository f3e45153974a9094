"""The analysis of a network in; pictures of it out: shapes first, then a format of theirs."""
