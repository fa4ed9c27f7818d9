"""An oracle for the analyzer's words: runs each candidate of the sample shop for real and says what it was seen to do.

In: the shop's folder. Out: for each candidate the effects observed, in the vocabulary's words, with details.
`run.observe` starts the stand-ins of `servers` and the process `worker`, which drives the candidates by the table in
`drives` under the watch of `recorder` and `state`. Nothing here reads a line of the analyzer.

What cannot be seen from outside: `unbounded`, for what never ends cannot be waited for.
"""
