"""A shop with known truth: invented people who do what customers do, from one seed."""
