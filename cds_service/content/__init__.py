"""Loads and checks `cards/`; what the service says and decides by is data, read once at start-up."""
