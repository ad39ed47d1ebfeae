"""What can be read of the outbox."""
