"""What can be done with periods."""
