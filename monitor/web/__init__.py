"""What every page stands on: templates, links, cached answers."""
