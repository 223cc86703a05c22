"""The edge: what stands between the network and the application.

TLS and the connections (`tls`, `connections`), who calls through trusted proxies (`proxies`), headers of every answer
(`headers`), how much anybody may ask (`limits`, `bodies`). No room for rights: those are asked about further in.
"""
