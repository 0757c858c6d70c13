"""What Thang costs, as ratios to something real measured in the same run."""
