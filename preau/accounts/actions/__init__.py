"""What can be done with sign-ins."""
