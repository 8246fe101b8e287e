"""A publisher of fictional reports: the demonstration, a test fixture and a source of load."""

from deployments.sample_site.server import revalidated, serve
from deployments.sample_site.site import Answer, SampleSite
from deployments.sample_site.timeline import Step, Timeline

__all__ = ["Answer", "SampleSite", "Step", "Timeline", "revalidated", "serve"]
