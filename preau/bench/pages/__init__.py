"""`preau bench pages`: every page of families and of the office, as the organisation grows."""
