"""The pages on which members keep frequent questions."""
