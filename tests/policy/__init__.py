"""What the policy's room promises: the rule language, the loader and its complaints."""
