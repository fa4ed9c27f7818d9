"""What the cloud does, as data with source and date of the check; a leaf that both halves may read."""
