"""The monitor: what people look at — pages, JSON API, health — server-rendered, no scripts."""
