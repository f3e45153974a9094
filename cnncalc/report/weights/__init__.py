"""What a file of weights holds, as text."""
