"""The matching engine: exact, bounded, and independent of the order of rows."""
