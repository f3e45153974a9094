"""Values in, text out: a room per subject, a file per format. The only place that rounds."""
