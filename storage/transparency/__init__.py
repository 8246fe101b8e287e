"""The transparency log as it is stored: leaves, the tree above them, checkpoints, witnesses."""
