"""Simulates the statistics of a rollout with fixed seeds, beside the rules of other controllers.

`rows` is what is printed; `traffic` draws blocks of requests; `vectors` computes the product's evidence for many
campaigns at once, from the product's own formulas; `false_alarms`, `detection`, `promotion` and `others` are the tables.
numpy is used here and nowhere in the product.
"""
