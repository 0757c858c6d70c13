"""The playbook: what the shop does for whom, when, in which words, and how it counts as done."""
