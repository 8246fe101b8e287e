"""The JSON API: the same documents as the commands print, for programs."""
