"""The rows of the report, a family a file."""
