"""The only room that speaks MongoDB: documents, indexes, the writing side and the reading side."""
