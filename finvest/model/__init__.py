"""What a record is: tables and columns, money, identifiers, codes. The ground floor: it imports nothing above."""
