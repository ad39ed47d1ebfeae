"""School calendar, periods, session days, capacity, outings and deadlines."""
