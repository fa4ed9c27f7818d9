"""Repositories: a person's clone, by the git program (see ADR 0031).

In: a folder. Out: a `migrator.publishing.ports.Repository`. Nothing here touches the person's working tree, index, HEAD,
stash, settings or branches; branches of remotes are brought, objects are added, and a branch of ours is pushed.
"""

from migrator.adapters.repositories.repository import GitRepository, open_repository

__all__ = ["GitRepository", "open_repository"]
