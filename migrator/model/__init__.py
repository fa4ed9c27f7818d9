"""Third stage: facts and knowledge become a `ProgramModel`.

`build_model(tree, facts, knowledge)` resolves the program and finds its candidates; `ProgramModel.summary(name)`
says what a function can cause, with evidence. `build_call_graph` says who calls whom. Verdicts are left to `migrator.verdicts`.
"""

from migrator.model.program import Candidate, ProgramModel, Summary, build_call_graph, build_model

__all__ = ["Candidate", "ProgramModel", "Summary", "build_call_graph", "build_model"]
