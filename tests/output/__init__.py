"""What leaves the commands, whatever a spec says."""
