"""Values and decisions of municipal finance automation. No files, database, clock, log or environment."""
