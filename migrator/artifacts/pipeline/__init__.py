"""The pipeline of a service: what leads from a change of its folder to production, as files of the folder itself.

In: a `PlannedSlice`, what its trigger's plug-in says, the parameters of its template. Out: paths with their templates,
and what these are told. What the steps do is done by programs that the files name; the function is `service`'s.
"""

from migrator.artifacts.pipeline.files import pipeline_context, pipeline_files

__all__ = ["pipeline_context", "pipeline_files"]
