"""Getting pages, politely and once."""
