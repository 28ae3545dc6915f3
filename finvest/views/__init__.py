"""What a person looks at: tables, flow pictures, the report."""
