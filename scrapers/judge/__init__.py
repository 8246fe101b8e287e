"""Return whether an answer is a report, and which one."""
