"""What the screens read about tariffs."""
