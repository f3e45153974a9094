"""What a convolutional network is, computed from its spec before anything is trained."""

__version__ = "0.1.0"
