"""A publisher of fictional reports: the demonstration, a test fixture and a source of load."""

from deployments.sample_site.server import revalidated, serve
from deployments.sample_site.site import SampleSite, SiteResponse
from deployments.sample_site.timeline import SiteTimeline, Step

__all__ = ["SampleSite", "SiteResponse", "SiteTimeline", "Step", "revalidated", "serve"]
