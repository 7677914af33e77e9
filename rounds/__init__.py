"""A round's life: planned, checked, run, settled, audited; and the local services it stands on."""
