"""How events reach the moved function: queues, clocks, events of the cloud, and what a task asked of its library."""
