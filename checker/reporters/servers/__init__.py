"""What CI servers are told in their own words."""
