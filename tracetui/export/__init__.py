"""One file per output format, and the geometry of bars that text and screen share."""
