"""Measurements run by hand, each by its own command; none of them is part of the tests."""
