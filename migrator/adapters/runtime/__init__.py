"""The local Lambda: AWS's own runtime emulator, environments on demand, and an HTTP front.

with LambdaFront(load_functions(Path("services/tax")), limit=4, idle_s=60) as front:
    front.url
"""

from migrator.adapters.runtime.front import LambdaFront
from migrator.adapters.runtime.function import Function, HttpRoute
from migrator.adapters.runtime.pool import Pool, Statistics
from migrator.adapters.runtime.template import load_functions

__all__ = ["Function", "HttpRoute", "LambdaFront", "Pool", "Statistics", "load_functions"]
