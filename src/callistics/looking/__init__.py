"""Looking at records one by one: calls behind a figure, a call, a lead with its history."""
