"""Pages for people: the demo EHR, the evidence behind each topic, and a landing page."""
