"""Asking to be forgotten, and answering."""
