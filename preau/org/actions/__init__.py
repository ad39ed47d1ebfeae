"""What an administrator changes: the organisation, its centres, its groups, who works where."""
