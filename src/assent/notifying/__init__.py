"""Telling people elsewhere that they are needed: an outbox fed by the journal, and channels behind one port."""
