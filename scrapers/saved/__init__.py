"""Pages that somebody saved: files, folders, and archives of them."""
