"""The report guard: what a report takes from the base, held against the base of today."""
