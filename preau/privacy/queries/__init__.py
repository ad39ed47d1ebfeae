"""What is held about a family, and who asked to be forgotten."""
