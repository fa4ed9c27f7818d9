"""Publishing: a change becomes a branch and a pull request, once, however often it is run.

In: what makes the files of a change in a checkout, and its texts. Out: pushed branches and opened pull requests. What the
change is, is left to the callers; git and the forges stand behind the ports.
"""
