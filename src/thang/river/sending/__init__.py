"""Who may be written to, when, on which channel, and what the message says."""
