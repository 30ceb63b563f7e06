"""What everything stands on: settings, the database, the store, errors, money and the clock."""
