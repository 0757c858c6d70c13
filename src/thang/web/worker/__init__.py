"""What the server does by itself: imports, classification, what falls due."""
