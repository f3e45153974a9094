"""Steps in a row: states, attention, and what is learned of places."""
