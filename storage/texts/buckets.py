"""A bucket as a place of payloads, through fsspec: S3 and what speaks like it, by s3fs.

Keys and endpoint come from the environment of the bucket's own library (``AWS_…``): nothing of them
is stored or logged here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from storage.database.errors import PlaceFailed
from storage.texts.markers import MARKER, SAYS

CONNECT_SECONDS = 10
READ_SECONDS = 30
SECONDS = 60.0
"""The most that writing or reading one batch of objects may take, all repetitions together."""

REST_SECONDS = 10.0
"""A bucket that failed is asked nothing for so long: an audit would wait for it at each row."""

AT_ONCE = 16
"""Requests under way at the same time."""

_LONGEST = 200
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {
        "config_kwargs": {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "retries": {"max_attempts": 2, "mode": "standard"},
        }
    }
}


class Bucket:
    """A bucket, or what of it begins with a prefix."""

    def __init__(self, address: str) -> None:
        self._address = address
        parts = urlsplit(address)
        self._rests_until = 0.0
        self._failed: PlaceFailed | None = None
        self._root = f"{parts.netloc}{parts.path}"
        try:
            import fsspec

            self._files = fsspec.filesystem(
                parts.scheme,
                skip_instance_cache=True,
                use_listings_cache=False,
                **_OPTIONS.get(parts.scheme, {}),
            )
        except ImportError as error:
            raise PlaceFailed(
                f"{address} cannot be used: {error}; install reportwatch with its extra `bucket`, "
                "as in pip install 'reportwatch[bucket]'"
            ) from None
        except Exception as error:  # of whatever library the bucket needs
            raise self._failure(error) from None
        if not self._files.async_impl:
            raise PlaceFailed(f"{address} cannot be used: its library cannot be bounded in time")

    def prepare(self) -> None:
        """Say in the bucket whose it is, which shows that it is there and can be written."""
        self._do(lambda: self._files._pipe_file(f"{self._root}/{MARKER}", SAYS.encode()))

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Write objects; the bucket has answered for each once this returns."""
        paths = {self._path(name): body for name, body in objects.items()}
        self._do(lambda: self._files._pipe(paths, batch_size=AT_ONCE))

    def get(self, names: Sequence[str]) -> dict[str, bytes]:
        """Read objects."""
        paths = [self._path(name) for name in names]
        found = self._each(self._files._cat_file, paths)
        return {
            name: body for name, body in zip(names, found, strict=True) if isinstance(body, bytes)
        }

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects."""
        self._each(self._files._rm_file, [self._path(name) for name in names])

    def _path(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"

    def _each(
        self, call: Callable[[str], Coroutine[Any, Any, Any]], paths: Sequence[str]
    ) -> list[object]:
        """Return what each call came to; an object that is not there is None."""
        from fsspec.asyn import _run_coros_in_chunks

        def all_of_them() -> Coroutine[Any, Any, list[Any]]:
            return _run_coros_in_chunks(  # type: ignore[no-any-return]
                [call(path) for path in paths],
                batch_size=AT_ONCE,
                nofiles=True,
                return_exceptions=True,
            )

        found: list[object] = []
        for each in self._do(all_of_them):
            if isinstance(each, FileNotFoundError) and not _is_about_bucket(each):
                found.append(None)
            elif isinstance(each, BaseException):
                raise self._failure(each) from None
            else:
                found.append(each)
        return found

    def _do(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        from fsspec.asyn import sync

        if self._failed and time.monotonic() < self._rests_until:
            raise self._failed
        try:
            found = sync(self._files.loop, work, timeout=SECONDS)
        except Exception as error:  # of whatever library the bucket needs
            self._failed = self._failure(error)
            self._rests_until = time.monotonic() + REST_SECONDS
            raise self._failed from None
        self._failed = None
        return found

    def _failure(self, error: BaseException) -> PlaceFailed:
        return PlaceFailed(
            f"the bucket {self._address} cannot be used: {_in_words(error)}. Nothing was lost; "
            "see to the bucket, its keys in the environment and the way to it, and run again"
        )


def _is_about_bucket(error: FileNotFoundError) -> bool:
    return "bucket does not exist" in str(error).lower()


def _in_words(error: BaseException) -> str:
    kind = type(error).__name__
    if "Timeout" in kind:
        return f"it did not answer in time ({kind})"
    said = str(error).strip()
    return f"{said.splitlines()[0][:_LONGEST].rstrip('.')} ({kind})" if said else kind
