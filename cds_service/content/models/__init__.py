"""The shape of every content file, one module per kind of file."""
