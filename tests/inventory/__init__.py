"""Reading exports: what every reader must keep, refuse and say."""
