"""The Internet Archive: captures, and pages it is asked to keep."""
