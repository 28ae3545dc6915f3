"""Indicators of labour exploitation (LAB)."""
