"""The commands, a file a family: what is asked for, and the one function that does it."""
