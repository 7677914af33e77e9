"""Text and tables of attachments: pdf, Word and Excel files old and new, ofd, plain text, and zips of these.  Pure."""
