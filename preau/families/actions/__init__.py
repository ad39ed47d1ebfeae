"""What staff may change about families."""
