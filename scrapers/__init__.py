"""What is out there and what it says: sources, the fetch gate, the response gate, readers."""
