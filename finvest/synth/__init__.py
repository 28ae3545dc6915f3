"""Synthetic cases: an invented economy, planted patterns with their lawful look-alikes, an answer key, and marking."""
