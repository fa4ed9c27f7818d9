"""Programs that run beside us (Envoy, the Lambda emulator, WSGI servers) and always end.

In: a command line. Out: a `ManagedProcess` that ends, with everything it has started, when it is
stopped, when the block that holds it is left, and when this process is gone, however it went:
also by SIGKILL. Where a program listens and when it counts as ready is the caller's matter;
`free_port`, `require_free_port` and `ManagedProcess.wait_until` help with both.
"""

from migrator.adapters.processes.managed import ManagedProcess, start
from migrator.adapters.processes.ports import free_port, require_free_port
from migrator.adapters.processes.waiting import wait_until

__all__ = ["ManagedProcess", "free_port", "require_free_port", "start", "wait_until"]
