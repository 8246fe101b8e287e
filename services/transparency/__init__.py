"""The transparency log: checkpoints made and published, witnesses, time stamps."""
