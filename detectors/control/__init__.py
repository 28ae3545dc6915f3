"""Control over people and their accounts (CTL)."""
