"""The dashboard: its panels, declared once, and the page that shows them."""
