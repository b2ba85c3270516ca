"""Pages for people: evidence behind each topic, and a landing page."""
