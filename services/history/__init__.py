"""Versions from elsewhere: captures of the Archive, saved pages, decided reviews."""
