"""Who is notified: subscribers, and what each asked for."""
