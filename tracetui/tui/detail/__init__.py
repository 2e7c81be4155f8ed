"""What the detail pane says of a span, built without textual."""
