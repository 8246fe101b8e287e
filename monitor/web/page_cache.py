"""Keep what was made last, by what it was made of: equal content is not laid out twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

PAGES = 32

Made = TypeVar("Made")


class PageCache(Generic[Made]):
    """The pages, or parts of them, asked for last. A key must hold all that its page depends on."""

    def __init__(self, size: int = PAGES) -> None:
        self._size = size
        self._pages: OrderedDict[Hashable, Made] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return the page of a key, made now where it is not held."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        made = make()  # outside the lock: two readers may make one page, none has to wait
        with self._lock:
            self._pages[key] = made
            while len(self._pages) > self._size:
                self._pages.popitem(last=False)
        return made

    def drop(self, key: Hashable) -> None:
        """Forget the page of a key."""
        with self._lock:
            self._pages.pop(key, None)
