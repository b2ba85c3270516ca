"""Work on the clinical content: check it, print it, and try it on a patient."""
