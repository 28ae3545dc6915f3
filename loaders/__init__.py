"""One file per source format, found by `finvest.registry`; ask for a loader by its name."""
