"""The only joint: one call, one commit. Doors call it; it calls the river and the edges."""
