"""Judging one page, purely: bytes in, frozen records out.  No network, no clock, no storage."""
