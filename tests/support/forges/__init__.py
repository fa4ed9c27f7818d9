"""Servers on this machine that speak the REST API of GitHub and of GitLab, as far as pull requests need it."""
