"""What the office does with publications, and the books kept of who read them."""
