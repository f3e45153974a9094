"""Models of other libraries imported: which are exact, and what stands in the way of the others."""
