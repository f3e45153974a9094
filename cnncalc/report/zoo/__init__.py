"""The networks of the zoo in; a line for each out."""
