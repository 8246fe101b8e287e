"""Read the parts of a page: header, outline, sections."""
