"""The services a round stands on: Redis, MongoDB, the archive directory, the browser.

Named by `CAIFENG_REDIS_URL` / `CAIFENG_MONGO_URL`, or else real local servers under `.caifeng/`, shared by every
command of one checkout and outliving each of them until `caifeng down`.
"""

from rounds.services.life import current, ensure, fallen, home_of, revive, stands_on_local, stop
from rounds.services.record import Services

__all__ = ["Services", "current", "ensure", "fallen", "home_of", "revive", "stands_on_local", "stop"]
