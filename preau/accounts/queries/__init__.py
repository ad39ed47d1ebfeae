"""What can be read of sign-ins."""
