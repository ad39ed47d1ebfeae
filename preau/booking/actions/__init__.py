"""What can be done with requests: one function, one transaction."""
