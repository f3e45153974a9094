"""A spec and the model that it says in; how their numbers and outputs compare out."""
