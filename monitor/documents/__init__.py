"""The JSON documents that the API and the commands give."""
