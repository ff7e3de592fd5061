"""Numbered schema migrations, `NNNN_name.sql`, applied in order and never edited once released."""
