"""How people are told: messages, mail, and the local sink that catches mail in trials.

Values from `reports` go in, words go out: nothing here knows the database or the schedule.
"""
