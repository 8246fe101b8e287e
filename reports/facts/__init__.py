"""Find the stock sentences of a summary, literally and by kind."""
