"""Torture: many processes, killed at random, on a PostgreSQL that is restarted under them. Prints the tally.

    python -m tools.torture [--runs 2000] [--workers 4] [--seed 1]

world     the app that all processes have, their clocks, and the ledger in which side effects leave their marks
players   the processes: they work, start, answer, signal, pause, cancel, keep house
play      kills them, restarts the server, and ends once everything has ended
tally     what came of it, beside what must have come of it
"""

from __future__ import annotations
