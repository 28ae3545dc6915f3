"""Indicators of assets and spending (AST)."""
