"""Content management systems: one small file for the scripts of each, read without running them."""
