"""The desk's verbs, one transaction each: whoever changes a case locks its row, then the heads of its subjects."""
