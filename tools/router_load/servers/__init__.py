"""What stands behind the data plane: legacy, the Lambda front, and a quick server that stands in for the front."""
