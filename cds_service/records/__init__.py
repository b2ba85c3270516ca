"""What is kept: feedback on cards, without any patient data."""
