"""Output: a run's result as page, workbook, JSON and evidence folder."""
