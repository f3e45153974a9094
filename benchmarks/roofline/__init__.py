"""A device and the networks of the zoo in; out, how true its bounds and told times are."""
