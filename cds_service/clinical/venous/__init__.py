"""What the venous topics share: triggers, Wells items, D-dimer, scans, treatment, pregnancy."""
