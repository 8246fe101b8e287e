"""What a report is: its name, its reading, the values that cross folders."""
