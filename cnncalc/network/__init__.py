"""What a network is: its graph, what must hold of it, how it is trained."""
