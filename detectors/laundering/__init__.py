"""Laundering typologies that go with trafficking (MLT)."""
