"""The checks, one module each: a folder comes in, figures with their bounds come out."""
