"""Indicators of control over people and their accounts (CTL)."""
