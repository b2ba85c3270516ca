"""The clinical topics, one module each; a module's name is its folder in `cards/`."""
