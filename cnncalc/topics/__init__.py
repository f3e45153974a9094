"""What the words of specs and tables mean: a page for each, with its formula and an example."""
