"""The vocabulary: frozen values that the stages hand to each other.

Standard library only, no input or output, no policy. Each module is one group
of words; `docs/architecture.md` lists them.
"""
