"""How people operate Caifeng: `cli/`, the `caifeng` command.  Nothing imports this room."""
