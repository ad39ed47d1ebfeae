"""What the screens read about requests."""
