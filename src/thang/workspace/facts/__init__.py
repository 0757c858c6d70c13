"""The facts that the playbook's rules speak of, as numbers of everybody, out of the projection."""
