"""Who is told: subscribers, and what each asked for."""
