"""Columns, tree and views of spans: what every loader fills and everything else reads."""
