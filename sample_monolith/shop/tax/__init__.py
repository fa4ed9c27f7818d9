"""VAT on what we sell: rate tables, the rules which of them applies, the amounts."""
