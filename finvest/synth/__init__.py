"""Synthetic cases with an answer key."""
