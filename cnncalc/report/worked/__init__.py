"""A layer worked out on numbers, to text: what it reads, what it makes, and one sum of it."""
