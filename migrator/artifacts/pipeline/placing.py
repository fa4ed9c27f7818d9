"""Where a forge reads a service's pipeline, when the service is a folder of a repository.

In: the generated texts, the service's name and folder. Out: the workflow for the top of the repository, for GitHub; the job
that the project's own pipeline needs, for GitLab. `make pipeline` of the service makes the same of the same.
"""

from __future__ import annotations

import re

from migrator.errors import InputError

# What GitHub's path filters, YAML and a shell take without quoting: the Makefile of a service asks for the same.
_FOLDER = re.compile(r"[A-Za-z0-9._/-]+")


def workflow_path(service: str) -> str:
    """Where the workflow of a service is, from the top of a repository; the name is the service's own."""
    return f".github/workflows/{service}.yml"


def workflow_for(text: str, service: str, folder: str) -> str:
    """The workflow as it stands at the top: it runs in the folder, when something in it changes.

    Raises:
        InputError: the folder's name is none that a workflow can have in it.
    """
    _refuse_odd(folder)
    text = re.sub(
        r"^    paths: .*$", f'    paths: ["{folder}/**", "{workflow_path(service)}"]', text, flags=re.MULTILINE
    )
    return re.sub(r"^  SERVICE_FOLDER: .*$", f'  SERVICE_FOLDER: "{folder}"', text, flags=re.MULTILINE)


def gitlab_job(service: str, folder: str) -> str:
    """What the `.gitlab-ci.yml` at the top needs: a child pipeline of the service's own file.

    Raises:
        InputError: as for `workflow_for`.
    """
    _refuse_odd(folder)
    return (
        f"{service}:\n"
        "  trigger:\n"
        f"    include: {folder}/.gitlab-ci.yml\n"
        "    strategy: depend\n"
        "  variables:\n"
        f"    SERVICE_FOLDER: {folder}\n"
        "  rules:\n"
        f'    - changes: ["{folder}/**/*"]\n'
    )


def _refuse_odd(folder: str) -> None:
    if not _FOLDER.fullmatch(folder):
        raise InputError(
            "a pipeline cannot have this folder's name in it",
            hint="letters, digits, . _ - and / only; choose another one with -o",
            location=folder,
        )
