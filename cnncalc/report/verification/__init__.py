"""What a verification found in; a line for each check out."""
