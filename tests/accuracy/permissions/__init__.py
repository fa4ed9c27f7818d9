"""What functions ask of AWS, by programs and by packages; the truth is in `cases` and `packages`."""
