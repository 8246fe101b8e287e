"""What an operator sees to: access, alarms, pulses, audits."""
