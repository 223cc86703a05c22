"""Level 3: other nodes: the signed platform list, change feeds, routed inquiries."""
