"""Keep the pages made last, by what they were made of: equal content is not laid out twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

PAGES = 32


class PageCache:
    """The pages asked for last. A key must hold everything that its page depends on."""

    def __init__(self, size: int = PAGES) -> None:
        self._size = size
        self._pages: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """Return the page of a key, made now where it is not held."""
        with self._lock:
            held = self._pages.get(key)
            if held is not None:
                self._pages.move_to_end(key)
                return held
        made = make()  # outside the lock: two readers may make one page, none has to wait
        with self._lock:
            self._pages[key] = made
            while len(self._pages) > self._size:
                self._pages.popitem(last=False)
        return made
