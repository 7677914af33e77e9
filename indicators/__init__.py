"""What we look for: the catalogue of points, the matcher, evidence, and how evidence becomes a value."""

from cleaning.compiled import put_first

put_first(__path__, "indicators")
