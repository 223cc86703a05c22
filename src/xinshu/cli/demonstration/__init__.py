"""What `xinshu demo` is made of: callers of the node's own HTTP interface, its people, its members, its story."""
