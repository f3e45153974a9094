"""A graph and how large its boxes are in; where each stands, and the ways between them, out."""
