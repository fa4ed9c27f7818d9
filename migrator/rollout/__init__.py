"""The rollout half: decide from state and observation, act on the data plane, record everything."""
