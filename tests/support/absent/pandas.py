"""In place of pandas in the processes that tests start, as a server is installed without it.

Arrow imports it wherever it finds it, once anything is made an array.
"""

raise ModuleNotFoundError("No module named 'pandas'", name="pandas")
