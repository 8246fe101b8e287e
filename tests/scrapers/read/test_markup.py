"""Raw bytes are searched as a parser would read them."""

from __future__ import annotations

import pytest

from scrapers.read.markup import Markup, without_hidden


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (b"<div>a</div>b</div>", 6),
        (b"<div>a<div>b</div>c</div>", 19),
        (b"<DIV>a<!-- </div> --></div>", 21),
        (b"<div>a<divider></divider></div>", 25),
        (b"<div>a<div>b</div>", -1),
        (b"a</div>", -1),
        (b"", -1),
    ],
)
def test_an_element_ends_where_its_own_tag_is_closed(body: bytes, end: int) -> None:
    assert Markup(body).closing_of(0) == end


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b'<p><b class="a wanted">', 3),
        (b"<p><b id=x class=wanted>", 3),
        (b"<b title='class=wanted > class=wanted'>", -1),
        (b'<b data-class="wanted">', -1),
        (b"<!-- <b class=wanted> --><b class=wanted>", 25),
        (b"<script>'<b class=wanted>'</script>", -1),
        (b'<b class="other" class="wanted">', -1),
    ],
)
def test_a_class_is_found_in_a_tags_own_attribute_alone(body: bytes, at: int) -> None:
    assert Markup(body).find_class(b"wanted") == at


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"a<!-- b -->c<script x>d</script >e", b"ace"),
        (b"<!---->", b""),
        (b"plain", b"plain"),
        (b"a<!-- never closed", b""),
    ],
)
def test_what_is_hidden_can_be_taken_out(body: bytes, kept: bytes) -> None:
    assert without_hidden(body) == kept
