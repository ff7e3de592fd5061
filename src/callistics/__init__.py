"""Callistics: analytics for outbound calling and voice-AI platforms, self-hosted."""

__version__ = "0.2.0"
