"""Plans at work: writing them, bringing documents in, telling editions apart, and how goals hang together."""
