"""The register of customers: its list, one contact's page, merging and parting, files in and out."""
