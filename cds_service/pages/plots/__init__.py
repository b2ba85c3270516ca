"""Plots of the evidence pages: drawn as SVG on the server, with the same numbers in a table."""
