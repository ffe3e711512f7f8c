"""The whole result as a workbook, and what any workbook is made of."""
