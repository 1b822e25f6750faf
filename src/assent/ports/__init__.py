"""What the inside needs of the outside: shapes with promises, which the contract tests hold adapters to.

rows       what a store takes and returns: runs, tasks and what goes with them; which of them to list
store      where journals and their projections live, and what processes share
clock      the only reader of the time
directory  who people are
context    the verbs a workflow is written with
program    whatever an engine can run, and what its steps and gates ask for
"""

from __future__ import annotations
