"""What the screens read about publications."""
