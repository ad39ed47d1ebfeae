"""What the screens read of prices."""
