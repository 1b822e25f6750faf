"""The pure core: no loop, no clock, no disk."""
