"""What can be concluded from counts: pure functions of numbers, which know no route and no rollout."""
