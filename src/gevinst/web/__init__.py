"""The console: pages for controllers, owners, operators, auditors and administrators.

A page reads the request, calls one use case, and renders. It never changes a result: it records a decision
about it, or asks for a new run.
"""
