"""What the screens read about payments by card."""
