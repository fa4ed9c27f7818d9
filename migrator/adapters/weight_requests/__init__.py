"""Asks people for weights by pull requests: the `WeightRequests` port of the controller.

In: a repository, a forge, the place of the router configuration. Out: the port, once for a process that looks and ends, and
once for one that runs on. What is asked for is the controller's; how branches and pull requests are made is `publishing`'s.
"""

from migrator.adapters.weight_requests.at_once import AtOnce
from migrator.adapters.weight_requests.desk import Desk, branch_of
from migrator.adapters.weight_requests.in_background import InBackground

__all__ = ["AtOnce", "Desk", "InBackground", "branch_of"]
