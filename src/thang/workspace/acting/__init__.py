"""The daily run: who enters a strategy, who goes on in one, and what is planned to go out."""
