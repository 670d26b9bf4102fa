"""The figures, pure: facts to rows, rows to tallies, tallies to figures. Nothing here reads a clock or a table.

Numbers are integers throughout. A share is rounded half up to two decimals, from the exact fraction (`exact`).
"""
