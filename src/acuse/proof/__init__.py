"""The proof formats and the offline verifier: pure, without Django, network or clock.

Everything that writes a proof uses the code that verifies it. Run as `python -m acuse.proof FILE...`.
"""
