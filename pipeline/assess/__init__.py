"""How far the tags can be trusted: figures with intervals, by slice, as tables, as JSON and as a page."""
