"""One file per indicator, by family, found by `finvest.registry`; ask for a detector by its catalogue id."""
