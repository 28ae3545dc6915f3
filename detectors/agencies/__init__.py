"""Indicators of agencies and subcontracting chains (AGY)."""
