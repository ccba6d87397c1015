"""The peers: what else tags headlines on a laptop, trained and judged on the same rows."""
