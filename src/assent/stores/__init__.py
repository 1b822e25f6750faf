"""Stores: where journals live. All obey ``assent.ports.store.Store``, and one contract suite tries them."""
