"""Settings of the organisation: for whoever administers it."""
