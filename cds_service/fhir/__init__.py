"""Reaching the record: prefetch states, decoding entry by entry, the chart of one patient."""
