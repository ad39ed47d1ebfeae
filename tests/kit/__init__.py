"""What the tests stand on: their process, their database, their eyes."""
