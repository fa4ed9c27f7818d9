"""How results look: one module per result and medium.

In: values of the domain. Out: lines on a terminal or a pipe, or a JSON document. Nothing here decides anything.
"""
