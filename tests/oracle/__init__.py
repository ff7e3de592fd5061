"""A naive evaluation of the contract, and the data to compare the product with it."""
