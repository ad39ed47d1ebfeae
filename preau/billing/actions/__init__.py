"""What billing does: one function, one transaction."""
