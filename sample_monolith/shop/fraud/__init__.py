"""Is this order what it looks like? Features, three models, rules, and people for the rest."""
