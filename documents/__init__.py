"""The JSON documents that commands print, the API answers with, and webhooks are sent."""
