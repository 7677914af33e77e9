"""The kinds of pages, each built from its address alone."""
