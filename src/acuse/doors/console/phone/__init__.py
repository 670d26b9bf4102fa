"""The telephone in the console: lines, calls, and the files of exchanges."""
