"""File human rights issues under the topics of the project's taxonomy."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from reports.topics.taxonomy import FacetMatch, Taxonomy, Topic, TopicMatch
from reports.topics.taxonomy_file import TaxonomyError, read_taxonomy

__all__ = [
    "FacetMatch",
    "Taxonomy",
    "TaxonomyError",
    "Topic",
    "TopicMatch",
    "facets_of",
    "find_topics",
    "read_taxonomy",
    "taxonomy",
    "topics_of",
]

_LONGEST_KEPT = 500  # characters; the stock phrases that recur from report to report are shorter


def topics_of(text: str) -> tuple[str, ...]:
    """Return the ids of the topics that a text speaks of, under the project's taxonomy.

    An issue without any is not left out anywhere: it is shown as one of no known topic.
    """
    return _topics_of(text) if len(text) <= _LONGEST_KEPT else taxonomy().topics_of(text)


def find_topics(text: str) -> tuple[TopicMatch, ...]:
    """Return the topics that a text speaks of, each with the literal words that say so."""
    return taxonomy().find_topics(text)


def facets_of(text: str) -> tuple[FacetMatch, ...]:
    """Return the actors and the qualifiers that a text names, each with its literal words."""
    return taxonomy().facets_of(text)


@lru_cache(maxsize=1_024)
def _topics_of(text: str) -> tuple[str, ...]:
    return taxonomy().topics_of(text)


@cache
def taxonomy() -> Taxonomy:
    """Return the project's taxonomy, read once; raises TaxonomyError."""
    return read_taxonomy(files("reports.topics").joinpath("taxonomy.toml").read_text("utf-8"))
