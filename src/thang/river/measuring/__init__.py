"""Whether what was done lifted anybody: differences between arms, moves, and time to the next."""
