"""The pieces of a report's name, as the API describes them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from monitor.web.routing import MOST

Name = Annotated[str, Query(pattern=r"^[\w.-]{0,128}$")]
Country = Annotated[
    str,
    Query(max_length=200, description="A name, a key or an alpha-3 code.", examples=["Kazakhstan"]),
]
Source = Annotated[str, Path(description="A source's name.", examples=["us-state-hrr"])]
Edition = Annotated[str, Path(description="For these reports the year.", examples=["2023"])]
Code = Annotated[str, Path(description="The alpha-3 code; XKX for Kosovo.", examples=["KAZ"])]
Part = Annotated[str, Path(description="The child area's key.", examples=["tibet"])]
Number = Annotated[int, Path(ge=1, le=MOST, description="A version's number.")]
