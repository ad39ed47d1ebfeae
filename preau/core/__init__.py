"""What every part of the house uses and that knows no word of the trade."""
