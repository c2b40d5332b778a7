"""The driver of bench/run: starts servers, puts load on them in turns, and reports."""
