"""Measuring assent beside its peers: ``make bench``."""
