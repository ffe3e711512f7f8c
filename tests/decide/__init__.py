"""What outcomes mean for a device, for the exit code and for the ledger."""
