"""What happens to an item: archive → clean → tag → dedupe → store, one file per step, and `store/`, the MongoDB room."""
