"""How watching goes: outcomes, rhythm, promises, alarms, drift."""
