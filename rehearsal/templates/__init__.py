"""How the pages look: layouts of several content management systems."""
