"""The `caifeng` command: `app` is its root, each other file one group of commands."""
