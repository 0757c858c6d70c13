"""The same calls as the pages, as JSON."""
