"""Pages as people see and use them, in a real browser."""
