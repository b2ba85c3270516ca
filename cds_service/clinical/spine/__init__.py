"""What the spinal topics share: deficits and emergency imaging."""
