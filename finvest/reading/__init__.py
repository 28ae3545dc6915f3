"""From the bytes of a file to rows of tables: what loaders share. Stands on the model and knows no case."""
