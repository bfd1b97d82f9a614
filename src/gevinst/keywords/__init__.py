"""Robot Framework libraries: thin words over the use cases, one library for each subject."""
