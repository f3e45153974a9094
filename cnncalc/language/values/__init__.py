"""A text and the names in sight in; a number, a truth, a word or a list out."""
