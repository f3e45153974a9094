"""What every tool counts for a network: values to text."""
