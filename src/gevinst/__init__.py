"""Gevinst: finance automation whose matches are proved, explained, and counted as gains."""

__version__ = "0.1.0"
