"""The demo EHR: sample charts, the cards of a real call, and what would change them."""
