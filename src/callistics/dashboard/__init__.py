"""The dashboard: its panels, and the page that shows them."""
