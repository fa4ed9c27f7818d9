"""What a canary is: one file a kind."""
