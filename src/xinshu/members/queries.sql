-- Where a member stands: the members above it, which limit it, and those below it, for which it acts.

-- name: lineage(member_id)
-- The member first, then its parents up to the head office.
with recursive up as (
    select m.id, m.kind, m.name, m.state, m.provider_code, m.items, m.regions, m.parent_id, 0 as depth
    from member m where m.id = :member_id
    union all
    select m.id, m.kind, m.name, m.state, m.provider_code, m.items, m.regions, m.parent_id, up.depth + 1
    from member m join up on m.id = up.parent_id where up.depth < 8
)
select * from up order by depth;

-- name: below(member_id)
-- The member first, then all members below it, whatever their state.
with recursive down as (
    select id, 0 as depth from member where id = :member_id
    union all
    select m.id, down.depth + 1 from member m join down on m.parent_id = down.id where down.depth < 8
)
select id from down order by depth, id;

-- name: id_of_provider(provider_code)$
select id from member where provider_code = :provider_code;
