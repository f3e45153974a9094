"""One value for several: windows, regions, whole axes."""
