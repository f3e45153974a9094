"""Tables of numbers -> text, markdown, JSON, CSV: the only place that rounds."""
