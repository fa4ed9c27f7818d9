"""Invoices: what stands on them and how they are laid out."""
