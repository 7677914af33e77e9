"""What we look for: the catalogue of points, the matcher, evidence, and how evidence becomes a value."""
