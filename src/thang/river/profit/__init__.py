"""What each customer leaves: profit a year, and the chance to be worth what the best are worth."""
