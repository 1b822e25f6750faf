"""Stores: where journals live. All obey ``assent.ports.Store``, and one contract suite tries them."""
