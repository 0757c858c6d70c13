"""The workspace's tests: whole shops in folders of their own, every one of them invented."""
