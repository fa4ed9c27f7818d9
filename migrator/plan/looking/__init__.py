"""What is only looked at: the modules of the monolith as `ast` has them, their imports, names, constants and paths.

What is moved is read by libcst, in `migrator.plan.slicing`.
"""
