"""The plan of each device, as a table or in words."""
