"""What was measured of a network in; its profile out."""
