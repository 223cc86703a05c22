"""Level 3: authorisations (授权) and the one gate; every reading of records asks it.

`rules.decide` and `rules.choose` are the gate, pure; `lists.readable` the same rule in SQL for many subjects;
`store.in_force` and `store.take_use` (as a class: `uses.ConsentUses`) what an inquiry needs. `service` and
`signing_service` are the verbs, `signing` the ways of signing, `service.close_all_of_member` ends what a leaving member
has. The tables of migration 0011 are this room's.
"""
