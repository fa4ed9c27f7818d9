"""Runbooks read back as a person reads them, and typed into a shell."""
