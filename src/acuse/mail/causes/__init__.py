"""Why a message was not delivered: one set of rules for the replies of a live dialogue and for bounces."""
