"""Which records show the same movement: duplicates, pairs, reconciliation and coverage."""
