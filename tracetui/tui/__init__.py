"""The viewer: everything that imports textual."""
