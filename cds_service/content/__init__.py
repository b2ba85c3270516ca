"""Loads and checks `cards/`: what the service says and decides by is data, read at start-up."""
