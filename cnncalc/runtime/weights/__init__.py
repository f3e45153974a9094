"""Files of weights in, whatever their format: their tensors, what they say, fitted to a network."""
