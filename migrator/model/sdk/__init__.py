"""What a slice asks of the cloud's SDK, found across modules.

In: a solved program, what a candidate starts, and the modules and lines that travel with it. Out: `SdkUse`: every call
of the SDK with its operations and the texts of its arguments, and every place that nobody can read off the code.

The program's value flow says for the whole program what may meet somewhere; a role needs to know for one caller at a
time which service, which operation and which name. So this package evaluates again, only for a slice that was asked
for: from the place of a call backwards, with what each chain of callers gives. Value flow says which bodies run, and
what is called where this evaluation cannot say. What a role needs for the calls is left to `migrator.artifacts`.
"""

from migrator.model.sdk.slices import SdkUses

__all__ = ["SdkUses"]
