"""The rehearsal web as its own process."""

import sys

from rehearsal.cli import main

sys.exit(main())
