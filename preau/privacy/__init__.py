"""What a person may ask about what is known of them: a copy, and to be forgotten."""
