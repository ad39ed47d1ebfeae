"""What the screens read about periods."""
