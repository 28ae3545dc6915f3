"""A case on disk: sources, parts, manifest, decisions, log."""
