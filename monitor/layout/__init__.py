"""Lay what is shown out in rows and cells, without a picture."""
