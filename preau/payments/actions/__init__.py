"""What families begin, what the bank says, and what the office does about it."""
