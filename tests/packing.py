"""Gzip without the time of packing, so that a test has the same name in every worker."""

from __future__ import annotations

import gzip
from functools import partial

packed = partial(gzip.compress, mtime=0)
