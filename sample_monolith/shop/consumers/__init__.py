"""Handlers for events of AWS: deployed from the shop's image, see deploy/consumers.yaml."""
