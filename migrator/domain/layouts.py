"""Where the files of a migration lie in a repository, so that pull request, runbook and commands name the same places.

In: the names that `migrator.toml` chooses. Out: paths from the repository's top, with forward slashes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of one service.

    Attributes:
        service: the service folder.
        router: the router configuration, which includes the fragments beside it.
        routes: the fragment with this service's routes; a file of its own, so that branches that add one merge.
        runbook: the runbook in Markdown.
    """

    service: str
    router: str
    routes: str
    runbook: str


def layout(name: str, *, services: str = "services", router: str = "router.yaml") -> Layout:
    """The places of a service of a name.

    Args:
        services: the folder of service folders; empty or `.` for the top.
        router: the router configuration.
    """
    folder = "" if services in ("", ".") else f"{services.rstrip('/')}/"
    beside = router.rpartition("/")[0]
    return Layout(
        service=f"{folder}{name}",
        router=router,
        routes=f"{f'{beside}/' if beside else ''}routes/{name}.yaml",
        runbook=f"{folder}{name}/RUNBOOK.md",
    )
