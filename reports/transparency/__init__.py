"""The transparency log as published algorithms and formats: RFC 9162 and C2SP, without I/O."""
