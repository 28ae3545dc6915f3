"""Companies, their directors and their addresses in registers (REG)."""
