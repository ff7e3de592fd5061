"""From a selection to SQL: what is selected, which rows, from which table or roll-up."""
