"""A website of Django, with a store beside it."""
