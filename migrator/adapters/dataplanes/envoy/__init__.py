"""Envoy as the data plane.

`EnvoyProcess.start(config)` runs one, `EnvoyDataPlane` shifts its weights, `render_files` shows what it is given.
A call takes one of these ways:

    client -> calls listener -> KEY_legacy                       legacy's share
                             -> KEY_canary -> tries listener -> KEY_lambda      the canary's share
                                     `- failed, and allowed -> KEY_fallback     legacy answers for the canary
                             -> unrouted                         what no route matches

The canary's try passes an internal listener of the same process. There it has its own time-out, path and host, so
that the second try reaches legacy exactly as the call came in; and there its first tries are counted, whatever
the client gets in the end.
"""

from migrator.adapters.dataplanes.envoy.plane import EnvoyDataPlane
from migrator.adapters.dataplanes.envoy.process import EnvoyProcess, find_envoy, start_command, write_files
from migrator.adapters.dataplanes.envoy.rendering import default_directory, render_files, rendered_text

__all__ = [
    "EnvoyDataPlane",
    "EnvoyProcess",
    "default_directory",
    "find_envoy",
    "render_files",
    "rendered_text",
    "start_command",
    "write_files",
]
