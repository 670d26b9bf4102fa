"""Stories: pure functions from facts (and the message read from custody) to the model of a document."""
