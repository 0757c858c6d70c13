"""The back office's papers, in `desk.db` beside the record: who may do what, and what was done."""
