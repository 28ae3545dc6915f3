"""The detector contract, findings, and their ranking."""
