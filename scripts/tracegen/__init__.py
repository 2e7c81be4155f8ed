"""Invented traces: told once as a story, written in each format that tracetui reads."""
