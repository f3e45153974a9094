"""A layer, a kind or a code in; what a reader wants to know of it out."""
