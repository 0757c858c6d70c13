"""What providers tell by themselves: reports of delivery, windows, and people who opt out."""
