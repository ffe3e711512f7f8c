"""The report as one HTML page that opens from disk, asks no network for anything and works without JavaScript."""
