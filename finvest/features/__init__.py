"""Measures shared by detectors, each computed once per view."""
