"""The postman's work: thin loops of open [transaction], send [network], close [transaction]."""
