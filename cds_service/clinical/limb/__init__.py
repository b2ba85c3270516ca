"""What the topics of a limb in danger share: onset, treatment under way, the leg in question."""
