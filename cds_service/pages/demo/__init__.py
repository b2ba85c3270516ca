"""The demo EHR: sample patients, their charts, the cards of a real call, and what would change them."""
