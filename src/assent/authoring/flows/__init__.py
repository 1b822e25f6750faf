"""The style of declared flows: a list of steps, walked by a cursor, with or without a store behind it."""
