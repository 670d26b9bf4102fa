"""The network side of sending: adapters without tables. A channel never calls anybody back."""
