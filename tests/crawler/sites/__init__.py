"""Scripted servers: each answers byte by byte what its test wants, on a port of its own, and logs every request."""
