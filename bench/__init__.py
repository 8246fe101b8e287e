"""Measure the product beside a plain script: ``python -m bench``, or ``make bench``."""
