"""Runs a robot: one child process `robot` with our listener, and the closing of its run."""
