"""Where a message came from, as far as it can be checked: SPF, DKIM, DMARC and ARC, computed by us (RFC 8601).

Each check asks through `answers.Answers`, so that every DNS answer, keys included, is kept; none ever raises.
"""
