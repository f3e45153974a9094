"""What a small device holds of a network in; the report of it out."""
