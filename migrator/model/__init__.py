"""Third stage: facts and knowledge become a `ProgramModel`.

`build_model(facts, knowledge)` resolves the program and finds its candidates; `ProgramModel.summary(name)`
says what a function can cause, with evidence. `build_call_graph` says who calls whom. `components_of` divides a tree into
programs that know nothing of each other, and `JointModel` asks the models of several as one. Verdicts are left to
`migrator.verdicts`.
"""

from migrator.model.components import components_of
from migrator.model.joint import JointModel
from migrator.model.program import Candidate, ProgramModel, Summary, build_call_graph, build_model

__all__ = [
    "Candidate",
    "JointModel",
    "ProgramModel",
    "Summary",
    "build_call_graph",
    "build_model",
    "components_of",
]
