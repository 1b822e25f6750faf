"""Event-driven workflows: steps that take events and return events, joined by the types they name.

event      what an event is, and the five kinds that have a meaning of their own
graph      which step takes what; checked when the workflow is built, and drawn
router     the pure heart: what has come in so far, and what is to be done about it
context    what a step is handed
workflow   the program: the router over the verbs
"""
