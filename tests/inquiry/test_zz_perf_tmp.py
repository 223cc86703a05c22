import time
from datetime import timedelta
import pytest, orjson
from collect_kit import firms, code_of, penalties
from push_kit import *
from xinshu.inquiry.batches.model import Order
from xinshu.inquiry.screening.model import Criteria
from xinshu.inquiry.push.changes import changed

@pytest.mark.timeout(560)
async def test_perf(node, capsys):
    banks = await open_banks(node, poster=Poster(LOOPBACK))
    async with node.db.acquire() as conn:
        await conn.execute("set session_replication_role = replica")
        t=time.time()
        await conn.execute("""insert into subject (code, name, name_key, kind, division, industry, status, established, size_class)
          select '9132' || lpad(n::text, 14, '0'), '企业' || n, md5(n::text)::uuid, 'enterprise', '32' || lpad((n % 13 + 1)::text, 2, '0') || '0' || (n % 9 + 1), 
          chr(65 + n % 20) || lpad((n % 90 + 10)::text, 2, '0'), '1', date '2010-01-01' + n % 5000, (array['micro','small','medium','large'])[n % 4 + 1]
          from generate_series(1, 1000000) n""")
        doc=lambda item,extra:'[{"data":{%s},"origin":{},"valid_from":"2024-01-01","valid_to":null,"state":"current"}]'%extra
        for item, every, extra in (("13",200,""),("14",20,""),("15",2,'"tax_credit_grade":"A","evaluation_year":2024'),("15-",0,"")):
            if every:
                await conn.execute("""insert into holding (subject_id, item, document, rows, version, batch_id, updated_at)
                select id, $1, $2, 1, 1, 1, now() from subject where id % $3 = 0""", item, doc(item,extra), every)
        await conn.execute("analyze")
        await conn.execute("reset session_replication_role")
        print("filled", time.time()-t)
    who = await banks.person()
    clean=[{"item":"13","present":False},{"item":"14","present":False},{"item":"15","where":[{"field":"tax_credit_grade","op":"in","values":["A"]}],"newest":True}]
    out=[]
    for name, c in (("county, size", dict(divisions=["320102"], sizes=["small"], facts=clean)),("city", dict(divisions=["3201"], facts=clean)),("province, truncated", dict(facts=clean)),
        ("nothing found, all 1M looked at", dict(facts=[{"item":"15","where":[{"field":"tax_credit_grade","op":"in","values":["D"]}]}])),
        ("rare present", dict(facts=[{"item":"13"},{"item":"14"}]))):
        t=time.perf_counter()
        try:
            s=await banks.screenings.screen(Criteria.model_validate(c), who); r=(s.count,s.truncated)
        except Exception as e: r=e.code
        out.append((name, r, round(time.perf_counter()-t,2)))
    codes=['9132' + str(n).rjust(14,'0') for n in range(1,1001)]
    t=time.perf_counter()
    b,_=await banks.batches.submit(Order(tuple(codes),"post_loan",("1","8","10","13","14","15","16","17")),"k",who)
    await banks.work.process(b.id)
    out.append(("batch of 1000 x 8 items", (await banks.batches.batch(b.id)).answered, round(time.perf_counter()-t,2)))
    # push: 500 subs
    with web_server() as server:
        admin=await banks.person("member-admin",number=9)
        hook=await banks.push.webhooks.register(server.url,"m-own",admin); hook=await banks.push.webhooks.verify(hook,admin)
        from xinshu.inquiry.push.subscriptions import Wish
        from xinshu.inquiry.push.model import Kind
        for n in range(200,601,2):
            await banks.push.subscriptions.create(Wish(Kind.SUBJECT,hook,codes[n-1],"post_loan",("15",)),who)
        async with node.db.transaction() as conn: await changed(conn,"15",1,node.clock.now())
        t=time.perf_counter()
        await banks.push.run()
        out.append(("push events", len(server.events), round(time.perf_counter()-t,2)))
        # all consented: 20000 consents
        await node.table("""insert into consent (id, subject_code, grantee, purpose, state, state_since, valid_from, valid_to, items, answer_by, revision, digest, requested_by, requested_at, updated_at)
           select gen_random_uuid(), '9132' || lpad(n::text, 14, '0'), 'm-own', 'post_loan', 'active', $1, $1, $1 + interval '1 year', '{"17":null}', $1, 1, '', 't', $1, $1 from generate_series(1,100000) n""", node.clock.now()-timedelta(days=1))
        made,_=await banks.push.subscriptions.create(Wish(Kind.CONSENTED,hook,None,"post_loan",("15",)),who)
        from xinshu.inquiry.push.changes import make_events
        async with node.db.transaction() as conn: await changed(conn,"15",1,node.clock.now())
        t=time.perf_counter(); n=await make_events(node.db,node.clock)
        out.append(("events made of 100k consents", n, round(time.perf_counter()-t,2)))
    with capsys.disabled():
        for line in out: print(line)
