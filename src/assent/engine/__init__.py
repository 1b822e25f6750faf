"""The engine: runs workflows over their journals.

engine     which runs are advanced here, and when
execution  one run being advanced: what it waits for, what it has yet to write
verbs      what a workflow can do: the Context of one execution, its verbs in groups:
           stepping · people · signals · timers · children · concurrency · notes, all on one ground
steps      the body of a step: its name, its options, one attempt in the right place
replay     what the journal has recorded, handed out again
branch     keys: which place in the code asks
state      what is kept with the run
scheduler  timers
"""
