"""Runs, open items, gains and the audit trail in a database: SQLite or PostgreSQL, by URL; or in memory.

`open_store` is the door; the modules behind it load SQLAlchemy, which takes half a second.
"""
