"""Made weights of every network of the zoo, out to files and in again."""
