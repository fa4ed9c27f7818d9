"""Applications that have to be started before the code of a slice can run: which, how, and what that takes along."""
