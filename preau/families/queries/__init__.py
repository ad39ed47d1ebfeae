"""What the screens read about families."""
