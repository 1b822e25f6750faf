"""The other engine: a Restate cluster says which process advances a run, and says it again until that is done."""
