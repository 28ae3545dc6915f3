"""Indicators of adverts and the payments for them (ADV)."""
