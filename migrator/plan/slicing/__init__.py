"""The slice: where a candidate stands, what it needs of which modules, and their text cut down to it.

Code is read and written by libcst here, so that what is kept is kept byte for byte.
"""
