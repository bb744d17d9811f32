"""Files that one reader fetches: so many a minute. Each is made, counted and logged, which costs others their time."""

import time
from collections import defaultdict, deque

from dashboard.access.requests.paths import EXPORT, FIGURES, MEDIA

WITHIN_SECONDS = 60.0
MOST = 90
FETCHED = (EXPORT, FIGURES, MEDIA)
_fetched_at: dict[str, deque[float]] = defaultdict(deque)


def may_fetch_more(key: str, path: str) -> bool:
    """Whether the reader behind a key may fetch this now; counted where it is a file. `key` empty: nobody signs in."""
    if not path.startswith(FETCHED):
        return True
    now = time.monotonic()
    for one in [one for one, times in _fetched_at.items() if now - times[-1] > WITHIN_SECONDS]:
        del _fetched_at[one]
    times = _fetched_at[key]
    while times and now - times[0] > WITHIN_SECONDS:
        times.popleft()
    if len(times) >= MOST:
        return False
    times.append(now)
    return True
