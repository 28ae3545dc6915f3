"""Cases out to other programs, and back."""
