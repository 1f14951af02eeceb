"""How files that ship were made from packages: run by hand, seldom."""
