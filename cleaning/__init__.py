"""Judging one page, purely: bytes in, frozen records out.  No network, no clock, no storage."""

from cleaning.compiled import put_first

put_first(__path__, "cleaning")
