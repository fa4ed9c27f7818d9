"""The slice: where a candidate stands, what it needs of which modules, and their text cut down to it.

Code is read by `ast` and by Python's own rules of scope, and written by libcst, so that what is kept is kept byte for
byte.
"""
