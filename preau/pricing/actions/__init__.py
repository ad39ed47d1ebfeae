"""What can be done with tariffs: one function, one transaction."""
