"""What each point of each unit is worth on this web, worked out from its own plan."""
