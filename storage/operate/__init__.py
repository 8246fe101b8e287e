"""What an operator works with: access, alarms, heartbeats."""
