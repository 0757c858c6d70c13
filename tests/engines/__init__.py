"""One suite for both engines: the same shops must give the same rows on each."""
