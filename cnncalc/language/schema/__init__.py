"""The layer kinds and the words of the language in; the JSON Schema for editors out."""
