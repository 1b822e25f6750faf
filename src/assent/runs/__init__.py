"""Holding runs: handles, waiting for a run to get somewhere, lists."""
