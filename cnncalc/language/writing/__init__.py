"""Items of a spec, as values, to the text that a spec has."""
