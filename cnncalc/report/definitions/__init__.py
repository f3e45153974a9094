"""What other tools call memory in; tables of it out."""
