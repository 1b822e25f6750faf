"""Styles of writing workflows. They are strangers to each other and speak only the verbs."""
