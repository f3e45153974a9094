"""What `check` found in; a page of it out."""
