"""The frontier: which URL is granted to whom, when, and how it ended."""
