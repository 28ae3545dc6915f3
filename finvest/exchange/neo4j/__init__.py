"""A case on a graph server that speaks Bolt: a place to share and to ask, never a condition for detecting."""
