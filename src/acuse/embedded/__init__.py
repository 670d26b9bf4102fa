"""Peers that speak only public protocols and know nothing of us: database, trust services, domains, processes."""
