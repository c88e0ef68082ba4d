"""Pages of what regions report: the monthly file, its receipt, the frozen extract, conditions, SVF-PREM."""
