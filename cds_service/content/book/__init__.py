"""The clinical book: everything the content says, as pages that a committee can read."""
