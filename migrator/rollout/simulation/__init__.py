"""Plays a rollout in virtual time: the real controller in a described world."""
