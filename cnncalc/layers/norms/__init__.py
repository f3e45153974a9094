"""What brings values to one scale."""
