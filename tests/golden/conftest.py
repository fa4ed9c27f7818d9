"""What lies here is compared, not run."""

collect_ignore_glob = ["*"]
