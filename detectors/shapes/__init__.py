"""Graph shapes (GRF)."""
