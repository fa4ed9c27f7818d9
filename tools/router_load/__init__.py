"""The router under load, with its real parts: Envoy, legacy under a WSGI server, the Lambda front over AWS's emulator.

`python -m tools.router_load` runs the checks. Each sends requests that carry an id of their own, and compares what the
clients got with what both servers wrote down and with what the product's own figures say.
"""
