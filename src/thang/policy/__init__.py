"""What a shop means by its levels, as data: read, checked, compared and explained."""
