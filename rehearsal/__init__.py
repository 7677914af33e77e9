"""演练: a simulated web of local governments that knows its own truth.  Imports nothing of the project."""
