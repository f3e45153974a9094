"""A network of another program as a spec: operations to layers, layers to blocks, all checked."""
