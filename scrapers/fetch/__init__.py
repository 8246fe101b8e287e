"""The one gate through which every request leaves."""
