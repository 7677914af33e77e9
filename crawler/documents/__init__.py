"""Attachments are read in a child process: other people's parsers, fed by strangers, cost one page at most."""
