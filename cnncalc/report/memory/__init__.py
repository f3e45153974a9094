"""What a network takes, in each format."""
