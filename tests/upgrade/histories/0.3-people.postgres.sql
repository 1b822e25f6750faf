CREATE SCHEMA a_kept_history;
CREATE FUNCTION a_kept_history.commit_3a0727e94927(me bigint, lock bigint, channel text, wake text, run_id text[], run_workflow text[], run_version text[], run_status text[], run_number bigint[], run_head text[], run_by text[], run_labels text[], run_root text[], run_parent text[], run_created bigint[], run_updated bigint[], run_finished bigint[], run_state text[], run_expected bigint[], run_fence bigint[], entry_run text[], entry_number bigint[], entry_at bigint[], entry_kind text[], entry_key text[], entry_body text[], entry_payload text[], entry_digest text[], entry_hash text[], task_id text[], task_run text[], task_root text[], task_workflow text[], task_number bigint[], task_name text[], task_kind text[], task_status text[], task_outcome text[], task_title text[], task_who text[], task_opened bigint[], task_due bigint[], task_priority bigint[], task_state text[], candidate_who text[], candidate_task text[], timer_run text[], timer_key text[], timer_due bigint[], waiter_run text[], waiter_key text[], waiter_event text[], waiter_since bigint[], waiter_due bigint[], waiter_done bigint[], erased text[]) RETURNS TABLE(first bigint, before bigint, run text, number bigint, fenced boolean)
    LANGUAGE plpgsql
    AS $$
    #variable_conflict use_column
    declare
        start bigint;
        newest bigint;
        count bigint := coalesce(array_length(entry_run, 1), 0);
    begin
        -- One commit at a time, over all processes: entries become visible in the order of their seq.
        perform pg_advisory_xact_lock(lock);
        -- Leases are claimed beside it: what is compared below must still hold when it is written.
        perform from "a_kept_history".run as r where r.id = any (run_id) order by r.id for no key update;

        return query
            select null::bigint, null::bigint, given.id, coalesce(r.number, 0),
                given.fence is not null and r.id is not null
                    and (r.owner is distinct from me or r.fence <> given.fence)
            from unnest(run_id, run_expected, run_fence) as given (id, expected, fence)
            left join "a_kept_history".run as r on r.id = given.id
            where coalesce(r.number, 0) <> given.expected
                or (given.fence is not null and r.id is not null
                    and (r.owner is distinct from me or r.fence <> given.fence));
        if found then
            return;
        end if;

        select coalesce(max(e.seq), 0) into newest from "a_kept_history".entry as e;
        if count > 0 then
            start := nextval('"a_kept_history".seq');
            if count > 1 then
                perform setval('"a_kept_history".seq', start + count - 1);
            end if;
        end if;

        if array_length(erased, 1) > 0 then
            update "a_kept_history".entry as e set payload = null
                where e.run = any (erased) and e.payload is not null;
        end if;

        insert into "a_kept_history".entry (seq, run, number, at, kind, key, body, payload, digest, hash)
            select start + place - 1, e.run, e.number, e.at, e.kind, e.key, e.body, e.payload, e.digest, e.hash
            from unnest(entry_run, entry_number, entry_at, entry_kind, entry_key, entry_body,
                entry_payload, entry_digest, entry_hash) with ordinality
                as e (run, number, at, kind, key, body, payload, digest, hash, place);

        -- A run that is new and fenced begins its life in the hands of who made it.
        insert into "a_kept_history".run as there (id, workflow, version, status, number, head, by, labels, root, parent,
                created, updated, finished, state, owner, fence)
            select r.id, r.workflow, r.version, r.status, r.number, r.head, r.by, r.labels, r.root, r.parent,
                r.created, r.updated, r.finished, r.state,
                case when r.fence is not null and r.finished is null then me end, coalesce(r.fence, 0)
            from unnest(run_id, run_workflow, run_version, run_status, run_number, run_head, run_by,
                run_labels, run_root, run_parent, run_created, run_updated, run_finished, run_state,
                run_expected, run_fence)
                as r (id, workflow, version, status, number, head, by, labels, root, parent, created,
                    updated, finished, state, expected, fence)
            where r.expected = 0;
        update "a_kept_history".run as there set status = r.status, number = r.number, head = r.head,
                updated = r.updated, finished = r.finished, state = r.state,
                owner = case when r.finished is null then there.owner end
            from unnest(run_id, run_status, run_number, run_head, run_updated, run_finished, run_state,
                run_expected)
                as r (id, status, number, head, updated, finished, state, expected)
            where there.id = r.id and r.expected > 0;

        if array_length(task_id, 1) > 0 then
            insert into "a_kept_history".task as there (id, run, root, workflow, number, name, kind, status, outcome, title,
                    who, opened, due, priority, state)
                select * from unnest(task_id, task_run, task_root, task_workflow, task_number, task_name,
                    task_kind, task_status, task_outcome, task_title, task_who, task_opened, task_due,
                    task_priority, task_state)
                on conflict (id) do update set status = excluded.status, outcome = excluded.outcome,
                    title = excluded.title, who = excluded.who, due = excluded.due, state = excluded.state;
            delete from "a_kept_history".candidate as c
                using unnest(task_id, task_status) as t (id, status)
                where c.task = t.id and (t.status = 'closed' or not exists (
                    select from unnest(candidate_who, candidate_task) as given (who, task)
                    where given.task = t.id and given.who = c.who));
            insert into "a_kept_history".candidate (who, task)
                select given.who, given.task
                from unnest(candidate_who, candidate_task) as given (who, task)
                join unnest(task_id, task_status) as t (id, status) on t.id = given.task
                where t.status <> 'closed'
                on conflict do nothing;
        end if;

        if array_length(timer_run, 1) > 0 then
            delete from "a_kept_history".timer as there
                using unnest(timer_run, timer_key, timer_due) as t (run, key, due)
                where there.run = t.run and there.key = t.key and t.due is null;
            insert into "a_kept_history".timer as there (run, key, due)
                select t.run, t.key, t.due from unnest(timer_run, timer_key, timer_due) as t (run, key, due)
                where t.due is not null
                on conflict (run, key) do update set due = excluded.due;
        end if;

        if array_length(waiter_run, 1) > 0 then
            insert into "a_kept_history".waiter as there (run, key, event, since, due, done)
                select * from unnest(waiter_run, waiter_key, waiter_event, waiter_since, waiter_due,
                    waiter_done)
                on conflict (run, key, event) do update set since = excluded.since, due = excluded.due,
                    done = excluded.done;
        end if;

        if wake is not null and count > 0
                and exists (select from "a_kept_history".process as p where p.number <> me) then
            perform pg_notify(channel, wake);
        end if;
        return query select start, newest, null::text, null::bigint, null::boolean;
    end
    $$;
SET default_tablespace = '';

SET default_table_access_method = heap;
CREATE TABLE a_kept_history.candidate (
    who text NOT NULL COLLATE pg_catalog."C",
    task text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE a_kept_history.document (
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    text text NOT NULL
);
CREATE TABLE a_kept_history.entry (
    seq bigint NOT NULL,
    run text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    body text NOT NULL,
    payload text,
    digest text NOT NULL,
    hash text NOT NULL
);
CREATE TABLE a_kept_history.migration (
    version bigint NOT NULL,
    checksum text NOT NULL,
    applied timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE a_kept_history.process (
    number bigint NOT NULL,
    seen timestamp with time zone DEFAULT now() NOT NULL,
    started timestamp with time zone DEFAULT now() NOT NULL,
    about text NOT NULL
);
ALTER TABLE a_kept_history.process ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME a_kept_history.process_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE a_kept_history.run (
    id text NOT NULL COLLATE pg_catalog."C",
    workflow text NOT NULL COLLATE pg_catalog."C",
    version text NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    head text NOT NULL,
    by text,
    labels text NOT NULL,
    root text NOT NULL COLLATE pg_catalog."C",
    parent text,
    created bigint NOT NULL,
    updated bigint NOT NULL,
    finished bigint,
    state text NOT NULL,
    owner bigint,
    fence bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='80');
CREATE SEQUENCE a_kept_history.seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE a_kept_history.task (
    id text NOT NULL COLLATE pg_catalog."C",
    run text NOT NULL COLLATE pg_catalog."C",
    root text NOT NULL COLLATE pg_catalog."C",
    workflow text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    outcome text,
    title text NOT NULL,
    who text NOT NULL,
    opened bigint NOT NULL,
    due bigint,
    priority bigint NOT NULL,
    state text NOT NULL
)
WITH (fillfactor='80');
CREATE TABLE a_kept_history.timer (
    run text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    due bigint NOT NULL
);
CREATE TABLE a_kept_history.waiter (
    run text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    event text NOT NULL COLLATE pg_catalog."C",
    since bigint NOT NULL,
    due bigint,
    done bigint
);
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b8d6c8ca0b3ece5e71c6f85a8');
INSERT INTO a_kept_history.candidate VALUES ('group:finance', 'task_019b8d6c8ca0b3ece5e71c6f85a8');
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b8d75b4607b38811d119d00ac');
INSERT INTO a_kept_history.candidate VALUES ('bob', 'task_019b8d75b4607b38811d119d00ac');
INSERT INTO a_kept_history.candidate VALUES ('eve', 'task_019b8d75b4607b38811d119d00ac');
INSERT INTO a_kept_history.candidate VALUES ('gus', 'task_019b8d75b460462a20e491f8e8f8');
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b9ce8c86024465b6e67340a1e');
INSERT INTO a_kept_history.candidate VALUES ('bob', 'task_019b9ce8c86024465b6e67340a1e');
INSERT INTO a_kept_history.candidate VALUES ('eve', 'task_019b9ce8c86024465b6e67340a1e');
INSERT INTO a_kept_history.candidate VALUES ('fay', 'task_019b9ce8c86024465b6e67340a1e');
INSERT INTO a_kept_history.candidate VALUES ('fay', 'task_019b9ce8c8601bed4674276f15d6');
INSERT INTO a_kept_history.candidate VALUES ('group:finance', 'task_019b9ce8c8601bed4674276f15d6');
INSERT INTO a_kept_history.document VALUES ('secret', 'snapshots', '"79db95c307f2795d5ab64784c44e837f264512ebbde6f5a2dbb6cbc8f0c12b10"');
INSERT INTO a_kept_history.entry VALUES (1, 'everything', 1, 1767603600000000, 'run.started', '', '{"workflow":"everything","version":"1","by":"ann","labels":{"team":"a"},"takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":7,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"1.20"}}},{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"ink","price":{"$":"decimal","v":"7.80"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]},"due":{"$":"date","v":"2026-03-01"}}}}', '5f542325cb4125dab0afc85752ed2fd98db96db2fd762b20ff7d37bb68d461b8', 'fe0be7b5ccd282ccafc6f728738134e10cf86158c15ed470174a4e68113c6069');
INSERT INTO a_kept_history.entry VALUES (2, 'everything', 2, 1767603600000000, 'run.recovered', '', '{}', NULL, '', 'eb47c42a0deb3048273ed25f6a246ddf9a39ce8d4090af1c2f61bf3a02b706b5');
INSERT INTO a_kept_history.entry VALUES (3, 'everything', 3, 1767603600000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]}}}', '46fe42c9e5b176da64f054775c8f7bd93c33d8345911f3ff340dc5702f477f88', '9c9f609e68998ef882f464fe6568ed0555c72ca27a37d0b55ce98327b252e404');
INSERT INTO a_kept_history.entry VALUES (4, 'everything', 4, 1767603600000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', '3e02fbb1058ee60aeff2f6aba3152b422a756158907992a100de906d00cafe31', '0716391d9de54287086883dd8c42a722c34756919f0856d05cf5e1941b115c99');
INSERT INTO a_kept_history.entry VALUES (5, 'everything', 5, 1767603600000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"f839c6406709a262","returns":"Decimal"}', NULL, '', 'b2d9a9db04973c40f44284774ba9dd94a3e8d9b15bc231156056091e11990290');
INSERT INTO a_kept_history.entry VALUES (6, 'everything', 6, 1767603600000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"9.00"}}', '35db8c514613bcd16a7975a57d518b01d1ef9ea092023202eaf6f69b75c73a30', '4f200a21ea8857b5fb1f2780818d6ec99765fbba37be98421e2a51d973e31cf1');
INSERT INTO a_kept_history.entry VALUES (7, 'everything', 7, 1767603600000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', '0b59f43114f6fd97f5d791cfc5543b080f11518cab5af045d73286e8bfe6926a');
INSERT INTO a_kept_history.entry VALUES (8, 'everything', 8, 1767603600000000, 'step.retrying', 'charge', '{"key":"charge","name":"charge","attempt":1,"due":1767603601000000}', '{"error":{"type":"builtins:ConnectionError","message":"the bank did not answer about 9.00","args":["the bank did not answer about 9.00"],"attributes":{},"trace":"ConnectionError: the bank did not answer about 9.00\n"}}', '3b2776375c694ee92cf103ff81cb6a38217d594d7ff0a4e2ee80c35510dfada7', 'ebea841c0e3fcebe63cbd17fbf11fd4dba4bb24d55d4794edb93ea664d6e8531');
INSERT INTO a_kept_history.entry VALUES (9, 'everything', 9, 1767603601000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":2,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', '41feec9211fa32fcf06465c1d50db967aaca48a0f10c2e64510b325a09863b0d');
INSERT INTO a_kept_history.entry VALUES (10, 'everything', 10, 1767603601000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":2,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"9.00"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', 'da5a381e153ca43f89a1edbef135fa2b6421a21ab8bea0a67b76fee13a9d4927', '8d72ce996650034b16bc5c3260516f1828e431bbaee3396d05cafb8c577c43f5');
INSERT INTO a_kept_history.entry VALUES (11, 'everything', 11, 1767603601000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', 'fcdbc6b548dd701d2cdada415af134fe8dd8b97f51e98dbc2803dabbc3c9b404');
INSERT INTO a_kept_history.entry VALUES (12, 'everything', 12, 1767603601000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', 'bfd8de42c88a448436cfb7f0eff9bf90e6548e7b80add9af1eb41a3e44ed3f3e', 'cd619818ddbc4eadbc8f2621e07c9a1b78f9d4d168137162c6734db939a9cd1c');
INSERT INTO a_kept_history.entry VALUES (13, 'everything', 13, 1767603601000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"9.00"}}}', '60d880b1bc82bd7c3787e4fd17192839625483ca35ecfb20b5a0c231910f5a00', '90093cd5e9a06b73ad66ff5304f0b1599b2ff8953a564440e6480def41c3d747');
INSERT INTO a_kept_history.entry VALUES (14, 'everything', 14, 1767603601000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0}}', '7d04440437d54fe0db58a30d3d789ac494e863601679badd54b86f7db2699a70', 'a6143a9a5ffa5fc1268c2e3cf27734e93d24c676c8d81edb989501cccba274f5');
INSERT INTO a_kept_history.entry VALUES (15, 'everything', 15, 1767603601000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"3fb3a2b1-4f23-47c0-9f55-b4173ba5cc42"}}', 'd52237544662c8995cc62562c27e226237ac3d57f0a8699c817ed5f304868b71', '2cca6e8e5e303a5d51523e196d849b0a39ca5dbbba3d82a4c4daf53ccd9d3b9e');
INSERT INTO a_kept_history.entry VALUES (16, 'everything', 16, 1767603601000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.9265083005073842}', '6f73859de451fc987e1590ad093cf5f3fbe41d2264debe00d62109606d235bde', 'bc397e3ad2fa6b838092dd6ba76467dda62812a5e746a50376a42bf21026a107');
INSERT INTO a_kept_history.entry VALUES (17, 'everything', 17, 1767603601000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604201000000}', NULL, '', '60045a5c924d00684e13877916190aed68c78594e304b77cbee817d7947a80b0');
INSERT INTO a_kept_history.entry VALUES (18, 'everything', 18, 1767603601000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', 'f18b0e6b4ff9ed4bacb17a4afc11393abdfe9845c36c16b6be94ff1fe4ec2a3c');
INSERT INTO a_kept_history.entry VALUES (19, 'everything', 19, 1767604201000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', '492388357bd6a03b6b4e72cd299df6b081cc79cf7d20de090db70275f38e4e77');
INSERT INTO a_kept_history.entry VALUES (20, 'everything.asks', 1, 1767604201000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","root":"everything","parent":"everything","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":7}}', '68f636aa499aeb67e8d8adf2d76dfa1030c8e9376c06abaa8fca6ba4f8e283bc', '54ae6b009cec67236f35cf8a86c0259357c6bc0dedd2dc6d50d344a28c0a2151');
INSERT INTO a_kept_history.entry VALUES (21, 'everything', 20, 1767604201000000, 'child.started', 'asks', '{"key":"asks","child":"everything.asks","digest":"6d10a62e97a46fc9"}', NULL, '', '5be1e90744da74041bbe3e21bc81a8da27818c8b8cb2d1f15474031b67d29510');
INSERT INTO a_kept_history.entry VALUES (22, 'everything.asks', 2, 1767604201000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d6ba628219ee0ef4ba1cc1b","name":"child task","asks":"approve","digest":"3108422d164e70fd1be38c1a7c8a46bc","by":"ann","path":["asks"]}', '{"title":"child task for asks","value":{"of":7},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', 'fc7bf43b236f0152aaf3a6341ff9099e37915d7fa362852a00e2851b60d3c708', 'eb2a9c370e23922dbe7f563d47e51b08b8c44b5d102b24d904852969e16587d6');
INSERT INTO a_kept_history.entry VALUES (23, 'everything.asks', 3, 1767604201000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '33b57fd07029e452c28e7405fa259b25c75a61acc522cc35574d267e2a76b56b');
INSERT INTO a_kept_history.entry VALUES (24, 'everything', 21, 1767604201000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', '33e868a213784b4637cc6afb8d77cb0748f37bffa5e5833beba2bc410a8a3a3b');
INSERT INTO a_kept_history.entry VALUES (25, 'everything.asks', 4, 1767604260000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d6ba628219ee0ef4ba1cc1b","by":"bob","via":"python","outcome":"approved"}', '{"reason":"why not"}', '0429f6ccc3542ee9b6022eca4f7522c43257e3cac4b0eb2f09565b1ba8743e20', 'f7018633d667a2cd577831666fa1b95d5c92b14d0f9d1c783de14944d75a4b2e');
INSERT INTO a_kept_history.entry VALUES (26, 'everything.asks', 5, 1767604260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d6ba628219ee0ef4ba1cc1b","outcome":"approved","by":"bob","via":"python"}', '{"reason":"why not"}', '0429f6ccc3542ee9b6022eca4f7522c43257e3cac4b0eb2f09565b1ba8743e20', '2239162ef170373bf79e52d755e91966b17b9de1579a59fca69fe42c14744e4d');
INSERT INTO a_kept_history.entry VALUES (27, 'everything.asks', 6, 1767604260000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"approved by bob"}', '8761933c5c4c84c0eeb0dc4f5ac940e8a8ad57ca5557422f1b07232b40bcd888', '9964b1b0714aab67832d9219573ff75a784ab237bf9be64a2a0eebb96f141d69');
INSERT INTO a_kept_history.entry VALUES (28, 'everything', 22, 1767604260000000, 'child.finished', 'asks', '{"key":"asks","child":"everything.asks","status":"succeeded"}', '{"output":"approved by bob"}', 'd65c40ba5d0b500aa68509924c0c12e515acc9da97812c9b4086a0133c0245e0', 'e4e867b58085c740320915785b60b9cba4375ea5cfa04b469e32ad2cb8a0dec3');
INSERT INTO a_kept_history.entry VALUES (29, 'everything', 23, 1767604260000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d6c8ca0b3ece5e71c6f85a8","name":"refund","asks":"approve","digest":"d6208490542905d58c502d157aa0af66","to":["ann","group:finance"],"by":"ann","labels":{"team":"a"},"priority":2,"due":1770196260000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"9.00"},"at":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0},"id":{"$":"uuid","v":"3fb3a2b1-4f23-47c0-9f55-b4173ba5cc42"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', 'fb7542c0740341ac325ce33db05dcd4f927f0882a71f72f6b687c450180d2766', 'adacd539031b67b5d08db58723384a59568b041507e640b1f4af555ff22a2e2d');
INSERT INTO a_kept_history.entry VALUES (30, 'everything', 24, 1767604260000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', 'a35f891febb2595ac88b98edf2de6604b50e67d957571d930e70ea866a8a7177');
INSERT INTO a_kept_history.entry VALUES (31, 'everything', 25, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca0b3ece5e71c6f85a8","by":"eve","via":"python","status":"ineligible","outcome":"approved"}', '{"why":"eve may not answer this task: it is assigned to ann, group:finance."}', 'aa2265fac889fef114c639cc44a80673927d1d34ae2c6296f6b082b0bc4dea60', '513abf81f2ea92f935513ed8161e1eec5d443d61c030194d3da53a99e1798ccd');
INSERT INTO a_kept_history.entry VALUES (32, 'everything', 26, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca0b3ece5e71c6f85a8","by":"ann","via":"python"}', NULL, '', '5257b7974b6b6956b52c16686aee4932f8dd9fcdb4a083f21064d09a6f2a4702');
INSERT INTO a_kept_history.entry VALUES (33, 'everything', 27, 1767604260000000, 'task.released', 'refund', '{"key":"refund","task":"task_019b8d6c8ca0b3ece5e71c6f85a8","by":"ann","via":"python"}', NULL, '', 'a497d4fb2c0811f4eea341d65d4f396f49fc6dc72d34adc0f49e4f5482a43e77');
INSERT INTO a_kept_history.entry VALUES (34, 'everything', 28, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca0b3ece5e71c6f85a8","by":"ann","via":"python","status":"invalid","outcome":"edited"}', '{"value":{"total":"not a number"},"why":"The value does not fit: /total: Input should be a valid decimal; /at: Field required; /id: Field required."}', 'e2a719e272afb2346695e28617eb8524bcaa4434485f3f146aa99fbe832d12d8', '6def801b9c6f707647a155be89901b3ad2b70d15bc21552915b773b1544d9fe7');
INSERT INTO a_kept_history.entry VALUES (35, 'everything', 29, 1767604260000000, 'task.commented', 'refund', '{"key":"refund","task":"task_019b8d6c8ca0b3ece5e71c6f85a8","by":"bob","via":"python"}', '{"text":"Is this right?"}', 'ce352b82538dc9674e90862d9ec7303ec7a9bb0fe32a5cf1d37207e0a13a2181', '4bf34dc6a3f9570f4d6887c62a1eb7206609776d788657855aaaec1f87b4e2af');
INSERT INTO a_kept_history.entry VALUES (36, 'everything', 30, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca0b3ece5e71c6f85a8","by":"ann","via":"python"}', NULL, '', 'cec7a8ac228012908d65f752ba384bcbd9100eee7960db23b474efaf36c51c4b');
INSERT INTO a_kept_history.entry VALUES (37, 'succeeded', 1, 1767604260000000, 'run.started', '', '{"workflow":"everything","version":"1","takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":8,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"0.50"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"due":null},"set":["lines","number"]}}', '94738abdb0a24486dd3ba714a81143b11d6c880c0ae0afe5858a241dd5e95107', '23ff12ab40e6957bb1b53e64a679799892ce15cc37cf62eb76e41dc7c0d8eee0');
INSERT INTO a_kept_history.entry VALUES (38, 'succeeded', 2, 1767604260000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]}}}', 'e620f73d0e6755ead133b1eb4fd144a24b1cbcc9dba5baf2a4e76278c2dab289', '1d16e59f7c7bfaaec4a916c6c28b322a824975cb4b6879598690a13cfe9f134a');
INSERT INTO a_kept_history.entry VALUES (39, 'succeeded', 3, 1767604260000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', '955c99977fd7785c57af46dc328be193962aa3b37034399e6348f8e4857b2db4', 'd9c548d3f99df13f3e5b64691d48a97fdf18cac6005f3de49c5c0af595617894');
INSERT INTO a_kept_history.entry VALUES (40, 'succeeded', 4, 1767604260000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"1a8a5896b0fff1ce","returns":"Decimal"}', NULL, '', '2961b18586f9b70d51f0338434691318221f97c1532c8060c305095db58e6561');
INSERT INTO a_kept_history.entry VALUES (41, 'succeeded', 5, 1767604260000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"0.50"}}', '68352eace84aadd6f144e749eaf37990a7d1fca54a28a60e3ef02d807ce00bc3', 'bbfaa70474aeb2890bd5bdd32965e3063c2f5adadf0026bbc989fa43b7091e02');
INSERT INTO a_kept_history.entry VALUES (42, 'succeeded', 6, 1767604260000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"67dcf232860f5575","returns":"dict[Any, Any]"}', NULL, '', '0472ef3de5a0867399d3b30751cd6cec3accc42d7ffb5924e608ef1310d82909');
INSERT INTO a_kept_history.entry VALUES (43, 'succeeded', 7, 1767604260000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":1,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', '585b6ba7f36278bf7cb29a6b6b2938981b0c12d2636e4a10af42ccb900a80da1', '520d8456990ba9d29a50fc325511a71bd4ebf2d78e8727cb19c770ce9a85e5f9');
INSERT INTO a_kept_history.entry VALUES (44, 'succeeded', 8, 1767604260000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', 'b6b1e5951966f91ccea8aab3636c0b9960f118c12628a2b0109c0ea7292ee037');
INSERT INTO a_kept_history.entry VALUES (45, 'succeeded', 9, 1767604260000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', '4507814c1e008c688adf1e6e8246d3d3b3c33ad48075ad059bf4f17c2f2d2265', '94639cb296fcddcd646826cc9c9c6ae5ce1c523769f7aa32b56b52f4249ff696');
INSERT INTO a_kept_history.entry VALUES (46, 'succeeded', 10, 1767604260000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"0.50"}}}', 'cf8474ac6629be0d16cf397cf374421b47887c8509fe0a0997959be5ca5cd499', 'eca48a4cc18d6d1cdf83465c7b0fdaaae16e372e082d8dfcfe387c1ea493cfab');
INSERT INTO a_kept_history.entry VALUES (47, 'succeeded', 11, 1767604260000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0}}', '6be5beb6211c4b4a4e356b3b799764b06271b6bbb390b8430d735cc250d09bbf', '71e43187f656dcc93127727ddb1196af137336ea8fca1d224fc6e0b2b5f84dac');
INSERT INTO a_kept_history.entry VALUES (48, 'succeeded', 12, 1767604260000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"318d3cc7-16aa-49f3-be4a-a231a18a0462"}}', 'e2f20711e89851d7d13b10f6a69f9c45dbb4752fd145e4907dd3733cda9a3f54', '1d9135bb3faadc3be163eec2904ab6d4acd0969ba620e6c793782ba8967592c5');
INSERT INTO a_kept_history.entry VALUES (49, 'succeeded', 13, 1767604260000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.36145282741374973}', '0b2d24469fd982022eca99508ecb385b890bd4698a798781977cc21c1638d0ad', 'dadbea889a8f877a2ff95358a9da804a6eca21fde135e97ec820264de43fee77');
INSERT INTO a_kept_history.entry VALUES (50, 'succeeded', 14, 1767604260000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604860000000}', NULL, '', '3ac4f8d434d88d935b496462db18fa07ecd13d234e4ab41b3110f9d9e0700ac5');
INSERT INTO a_kept_history.entry VALUES (51, 'succeeded', 15, 1767604260000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', 'd919b2acde7a4d2e829d6c9b09fed4df48c5f68a09afe216c4d4cc87352aa017');
INSERT INTO a_kept_history.entry VALUES (52, 'succeeded', 16, 1767604860000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', '0f87046c5a8fc5b5ee66f0a946ee70d02deaab37507c703848b477777445ad8e');
INSERT INTO a_kept_history.entry VALUES (53, 'succeeded.asks', 1, 1767604860000000, 'run.started', '', '{"workflow":"asks","version":"1","root":"succeeded","parent":"succeeded","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":8}}', '44cbea872cde1205804ed535a21fb8895db40c2fe859267f61e37fdda1357f76', 'c1cf0285825f3ead7eb4b0c1a5cec2671eef8d417bcb7b0d36122beba8caa071');
INSERT INTO a_kept_history.entry VALUES (54, 'succeeded', 17, 1767604860000000, 'child.started', 'asks', '{"key":"asks","child":"succeeded.asks","digest":"987af957beb2a718"}', NULL, '', 'bfa95faebe808c8462606f203f45505e90058180a553269a2839c62a05775a3a');
INSERT INTO a_kept_history.entry VALUES (55, 'succeeded.asks', 2, 1767604860000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d75b460f76821aa8240b542","name":"child task","asks":"approve","digest":"906c1a42acc41392f787cbfbd14b7066","path":["asks"]}', '{"title":"child task for asks","value":{"of":8},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', 'e392042fbde23e9546a7b14913cfdf4225dc9b5f0eac7392f0da4cae05953f8d', '869bf38baf824b45c22a15766e8faebf1bfb0515143ffa5e3c363eac25927eb1');
INSERT INTO a_kept_history.entry VALUES (56, 'succeeded.asks', 3, 1767604860000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '82eb0b0a6fb7b531a63bc5ccf03c5bce7458aa4436fa8e4c40880983aa7506c9');
INSERT INTO a_kept_history.entry VALUES (57, 'succeeded', 18, 1767604860000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', 'ff8ea3a4cca0357e1b41e55f67c8dae06d084d4d650421239d2c0d0d0cdd43fe');
INSERT INTO a_kept_history.entry VALUES (58, 'succeeded.asks', 4, 1767604860000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d75b460f76821aa8240b542","by":"bob","via":"python","outcome":"rejected"}', '{"reason":"no"}', '180cf01217d19f5135695a4080691dde7092e2083d013b0f8e019c70fc7eefa4', 'ab52770d13865650e9ab87a480ec12cae2372d7cccbff998efe11f8648f4bd14');
INSERT INTO a_kept_history.entry VALUES (59, 'succeeded.asks', 5, 1767604860000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d75b460f76821aa8240b542","outcome":"rejected","by":"bob","via":"python"}', '{"reason":"no"}', '180cf01217d19f5135695a4080691dde7092e2083d013b0f8e019c70fc7eefa4', '90c322d134dc09bacd79820801deffb331127d7ff4adacc466c97686aff9d2fd');
INSERT INTO a_kept_history.entry VALUES (60, 'succeeded.asks', 6, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"rejected by bob"}', '663eca0de33959cda631541e2b7ee03c70bd14f66d6a0205e63167b5766a50c6', '4c5fe84fed25c8690b92c2e354298eb11ae8a94a5344f333bfd8869a402437e2');
INSERT INTO a_kept_history.entry VALUES (61, 'succeeded', 19, 1767604860000000, 'child.finished', 'asks', '{"key":"asks","child":"succeeded.asks","status":"succeeded"}', '{"output":"rejected by bob"}', '0abea2e009ca6e31a7d9466563cb7005cbcc30d23081b93ea33eb502bb04ff0e', '35bfa2aaac47033ac69d095c7170f57ffb49cdac87d53903a6b02e928053dc97');
INSERT INTO a_kept_history.entry VALUES (62, 'succeeded', 20, 1767604860000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d75b4607a187836ebe10302","name":"refund","asks":"approve","digest":"3fd08737b845f13f228bd69753e7b7b5","to":["ann","group:finance"],"labels":{"team":"a"},"priority":2,"due":1770196860000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"318d3cc7-16aa-49f3-be4a-a231a18a0462"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', '8f9e7521aa1cc9a7594c60fed624b9e05f4719d8fe64ea75434c78a5945152c7', '0a8d76b24fee00110dc5bd38e02b39c1ab21ed4cb00a86ef0dace8fd03551c56');
INSERT INTO a_kept_history.entry VALUES (63, 'succeeded', 21, 1767604860000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', '9909fd24a0ed7e9131ff9e73b8c5b9d5460972839d159a0a6eb242ae02583a46');
INSERT INTO a_kept_history.entry VALUES (64, 'succeeded', 22, 1767604860000000, 'task.answered', 'refund', '{"key":"refund","task":"task_019b8d75b4607a187836ebe10302","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'e636890ca960d78d582c6e630474f3eafa186b3e1c640345a1e4fae0c7374745');
INSERT INTO a_kept_history.entry VALUES (65, 'succeeded', 23, 1767604860000000, 'task.closed', 'refund', '{"key":"refund","task":"task_019b8d75b4607a187836ebe10302","outcome":"approved","by":"ann","via":"python"}', NULL, '', '1ac5ed86e23fe96d314dfad9c1ac1938f760a47f86a572f7431a58ffd290ef9a');
INSERT INTO a_kept_history.entry VALUES (66, 'succeeded', 24, 1767604860000000, 'task.opened', 'color', '{"key":"color","task":"task_019b8d75b460cf55bb98838f0c40","name":"color","asks":"choose","digest":"d9a8f11369218eb994b1514226fe9ef9","on_timeout":"raise","many":true}', '{"title":"color for everything","form":{"type":"array","items":{"enum":["red","blue"]},"uniqueItems":true},"options":["red","blue"]}', 'f90c14ede964b9450db5b9ff51e0c70dc0f7924e8f264bf1415920ee1ec619b8', '26b761ce8e4e9d1c947a06aa62ce3e0763bca1a34a5fd2acf8fef741f18a0b3e');
INSERT INTO a_kept_history.entry VALUES (67, 'succeeded', 25, 1767604860000000, 'run.waiting', '', '{"on":["color"]}', NULL, '', 'd768acdb35e04b51dc3b629734a5950f7fb34791f377c27fb0d6b7ead6b609b7');
INSERT INTO a_kept_history.entry VALUES (68, 'succeeded', 26, 1767604860000000, 'task.answered', 'color', '{"key":"color","task":"task_019b8d75b460cf55bb98838f0c40","by":"ann","via":"python","outcome":"answered"}', '{"value":["blue"]}', 'c183397bdd503cd806f06e5cbf8e5bd1d75591a242c6e1514cad2b562d630934', 'fc0ce3e45de8fd0c583b7dffa49b9f71518076e5477519a72fda2634285847f7');
INSERT INTO a_kept_history.entry VALUES (69, 'succeeded', 27, 1767604860000000, 'task.closed', 'color', '{"key":"color","task":"task_019b8d75b460cf55bb98838f0c40","outcome":"answered","by":"ann","via":"python"}', NULL, '', '4155acd21f05bc0621eec8f20937e88dd20b19153b87efb4b8d78d54e238a105');
INSERT INTO a_kept_history.entry VALUES (70, 'succeeded', 28, 1767604860000000, 'task.opened', 'words', '{"key":"words","task":"task_019b8d75b460aa8bef463debce43","name":"words","asks":"ask","digest":"e17b82cb93f3f3849454f742ee47f81d","on_timeout":"raise"}', '{"title":"words for everything","value":{"amount":1},"form":{"type":"object","properties":{"amount":{"type":"number","title":"amount"},"note":{"type":"string","title":"note"}},"required":["amount","note"],"additionalProperties":false}}', '853f6624b22dfcc035eaebc3688b0757bb5547c09cb5a901d5fafa7e834fc379', '467d5ef9e2b26c16a50c55182952168684be96f8ae99ab79ff01cfa0ee1fbbeb');
INSERT INTO a_kept_history.entry VALUES (71, 'succeeded', 29, 1767604860000000, 'run.waiting', '', '{"on":["words"]}', NULL, '', '2b8691b4c02a727dcbf6417074b400f9f572d5a09e0603c13f34f69b97331c49');
INSERT INTO a_kept_history.entry VALUES (72, 'succeeded', 30, 1767604860000000, 'task.answered', 'words', '{"key":"words","task":"task_019b8d75b460aa8bef463debce43","by":"ann","via":"python","outcome":"answered"}', '{"value":{"amount":2.5,"note":"ü"}}', '36b718042a3276f2ca1c82b69ccc7420e724fe7266a651741d73900bc127b92e', '23e39963fbc8f4930336272023b8ae9e071f231680cb135a9b1c818f37e0333b');
INSERT INTO a_kept_history.entry VALUES (73, 'succeeded', 31, 1767604860000000, 'task.closed', 'words', '{"key":"words","task":"task_019b8d75b460aa8bef463debce43","outcome":"answered","by":"ann","via":"python"}', NULL, '', 'e1c3aa38cf8c6b310e49cb04c624e443c23fc5c6d9ab9370452a3859adebc96d');
INSERT INTO a_kept_history.entry VALUES (99, 'agreed', 9, 1767604860000000, 'task.closed', 'agree', '{"key":"agree","task":"task_019b8d75b460c32a182a67c7da85","outcome":"edited","by":"cleo","via":"python"}', NULL, '', '85f95f10deaa9722e7bb7b3ac433774f611c38510f4eaa2a7a44e502b5af2cae');
INSERT INTO a_kept_history.entry VALUES (74, 'succeeded', 32, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":{"$":"tuple","v":[{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"318d3cc7-16aa-49f3-be4a-a231a18a0462"}}},[{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]},"rejected by bob",["blue"],{"amount":2.5,"note":"ü"},{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"noted":[1]}]]}}', '54a12bdecf062448490d7076157fe9a2e162ec2e600e37a99fd11786a3587573', '38f8f9cc4de84479acf6f03fb2230753f587ca73b564c1616cd9a8227b074eda');
INSERT INTO a_kept_history.entry VALUES (75, 'races', 1, 1767604860000000, 'run.started', '', '{"workflow":"races","version":"1"}', NULL, '', 'c4508004b562f1b98b28d3ef0a9fff528bf3435d93057e1c9b30a5afb66d93ba');
INSERT INTO a_kept_history.entry VALUES (76, 'races', 2, 1767604860000000, 'timer.set', '1/sleep', '{"key":"1/sleep","due":1767608460000000}', NULL, '', 'fc9c953da4c7eb9f01055cf1ee4dc1e10f9d508f74e8adde7d9ea32c568dfb8e');
INSERT INTO a_kept_history.entry VALUES (77, 'races', 3, 1767604860000000, 'task.opened', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b460fa31f8802c8258bd","name":"never answered","asks":"approve","digest":"dcea8fbac52e0d1d669c4990dc71fb3a","due":1767612060000000}', '{"title":"never answered for races"}', 'a52d978a71bd20615f4574dadfcc76fe521615a43055b131e71e4a1e6bce3a50', '99a4210d9d6e4f11aa1e1a9518766663b674a199977ea47f1c3334f614c9fa74');
INSERT INTO a_kept_history.entry VALUES (78, 'races', 4, 1767604860000000, 'task.opened', '3/quick', '{"key":"3/quick","task":"task_019b8d75b460337bc30a54a29e99","name":"quick","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"quick for races"}', '43175f6c0a8d2c8430df0d9b0eb17f9d2555a0904de9ca6c414c0933c8da272b', '03cc58a47f65f4778edb0005e9636eaf46c58159d0572e8c2ebb14d66f8b4eaa');
INSERT INTO a_kept_history.entry VALUES (79, 'races', 5, 1767604860000000, 'run.waiting', '', '{"on":["1/sleep","2/never answered","3/quick"]}', NULL, '', '9af64e5db4119858f42034cd509d42e34168e5ac8b62bc696e9fed1851305a70');
INSERT INTO a_kept_history.entry VALUES (80, 'races', 6, 1767604860000000, 'task.answered', '3/quick', '{"key":"3/quick","task":"task_019b8d75b460337bc30a54a29e99","by":"ann","via":"python","outcome":"approved"}', NULL, '', '47eaac07303bc52e03756950c4e058e7109d505922282d1b53ada835094e15f4');
INSERT INTO a_kept_history.entry VALUES (81, 'races', 7, 1767604860000000, 'task.closed', '3/quick', '{"key":"3/quick","task":"task_019b8d75b460337bc30a54a29e99","outcome":"approved","by":"ann","via":"python"}', NULL, '', '96ec455cd39c65bd0edb42e22d7150db7d0400b342bdab973fbedc416ebab080');
INSERT INTO a_kept_history.entry VALUES (82, 'races', 8, 1767604860000000, 'value.recorded', 'first', '{"key":"first"}', '{"value":2}', '956b36ff01a6bf8f67e1f8a6a3a74a30d5c9c6d1f8dcf63730a689d9ec04f09a', 'df4538faf274c39deb475c7dbb0226aee80e00f3dbd4462b090c8633bcb0bfc2');
INSERT INTO a_kept_history.entry VALUES (83, 'races', 9, 1767604860000000, 'timer.withdrawn', '1/sleep', '{"key":"1/sleep"}', NULL, '', 'c590ef111dee66c4ee1f8e72da652c72a166463899ab97efca4d1a59c248f436');
INSERT INTO a_kept_history.entry VALUES (84, 'races', 10, 1767604860000000, 'task.closed', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b460fa31f8802c8258bd","outcome":"cancelled","via":"workflow","withdrawn":true}', NULL, '', 'be2a5513f431a84c1736094d225fc2d3e11f01ad955970d2d4cdc603609ceb35');
INSERT INTO a_kept_history.entry VALUES (85, 'races', 11, 1767604860000000, 'step.started', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '9555553692e88cb801f25402296da645bca524b9161125569dd31c9efe110de8');
INSERT INTO a_kept_history.entry VALUES (86, 'races', 12, 1767604860000000, 'step.started', '5/again', '{"key":"5/again","name":"again","attempt":1,"digest":"","returns":"str"}', NULL, '', '1845eca5b6f0d05fe7eda0e8392927af450134fc150b4c57713f30528be86068');
INSERT INTO a_kept_history.entry VALUES (87, 'races', 13, 1767604860000000, 'step.finished', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"took":0}', '{"result":"shipped"}', '41e133ec0593c6a88dc06c197683606f8bc0cc1ab0471803770e9e99197c3b6c', '83828f4f25db148fb129b2c7afd87a24aa01510cae36d6152c7a84d847ac2398');
INSERT INTO a_kept_history.entry VALUES (88, 'races', 14, 1767604860000000, 'step.finished', '5/again', '{"key":"5/again","name":"again","attempt":1,"took":0}', '{"result":"shipped"}', '41e133ec0593c6a88dc06c197683606f8bc0cc1ab0471803770e9e99197c3b6c', 'a57ff397433b0d74967c8d84146c13ed36f23fb61697b7322cf15fae72fe955a');
INSERT INTO a_kept_history.entry VALUES (89, 'races', 15, 1767604860000000, 'task.opened', 'last', '{"key":"last","task":"task_019b8d75b460b2949e2faecacc55","name":"last","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"last for races"}', '089f6eaebc05f39147a01b88a9429c7e169a4404c83521aaf344575fc80d3ca0', 'c3ddd68c35785f8688a000059b40514883152f3ce6beb0d1aff0641f5181b272');
INSERT INTO a_kept_history.entry VALUES (90, 'races', 16, 1767604860000000, 'run.waiting', '', '{"on":["last"]}', NULL, '', 'f636e2483a56f9924dbbe097523bd24fe0caf1f37ada0b1677b54a254ed5a8c5');
INSERT INTO a_kept_history.entry VALUES (91, 'agreed', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":20}}', '31de35c36de4edec2ab2082f525b3715d489dd0691ccc6707daef70f20858efc', '9312ee2a3b25f3a838e7f06b15237fe274f38c6902c0f828bdbb3bad3d26b076');
INSERT INTO a_kept_history.entry VALUES (92, 'agreed', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b460c32a182a67c7da85","name":"agree","asks":"approve","digest":"1727bc9e96ccf0d03a78cfb89e855f91","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":20},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', 'f048f3c239bc65a2de1f4881f06320c4476a3f29a6592ae54f499fe0f691a0ee', 'd0789444cfbd7fe2ea3fb32f638b19438954a03a6fc7ca6cd0ec0c25845c8b79');
INSERT INTO a_kept_history.entry VALUES (93, 'agreed', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', 'a3269019869d7176a34f192af1a4b9678a153d0b78123e5428b1b596a9d2b1ce');
INSERT INTO a_kept_history.entry VALUES (94, 'agreed', 4, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460c32a182a67c7da85","by":"ann","via":"python","outcome":"approved"}', NULL, '', '6710be4934106e0a720ec712252edd64bcb071bea3a818910c0495e140eb696c');
INSERT INTO a_kept_history.entry VALUES (95, 'agreed', 5, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460c32a182a67c7da85","by":"bob","via":"python","outcome":"edited"}', '{"value":{"amount":30}}', 'ce663d850905e91800307915249f2a2bb1097b82131a1805b85eb10171ca5ac6', '5cbb27f3585a00bc32333f65380c232528a709476bf0b598c8cbb5558bcdbe24');
INSERT INTO a_kept_history.entry VALUES (96, 'agreed', 6, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460c32a182a67c7da85","by":"eve","via":"python","outcome":"approved"}', NULL, '', 'a16f364cbffd40229f29e9583fe2275c399b07a63bd267d70067f20fbaffab9c');
INSERT INTO a_kept_history.entry VALUES (97, 'agreed', 7, 1767604860000000, 'task.assigned', 'agree', '{"key":"agree","task":"task_019b8d75b460c32a182a67c7da85","to":["role:ceo"],"was":["ann","bob","eve"],"because":"stage","stage":1}', NULL, '', 'dcda63973f81c75624028cc1c91bdc5889f0effc1d3c2d89e8475f5dcd390e67');
INSERT INTO a_kept_history.entry VALUES (98, 'agreed', 8, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460c32a182a67c7da85","by":"cleo","via":"python","outcome":"approved","stage":1}', NULL, '', 'ae44036acaf1a982b62c38534bcde5b4670513c17fb842576d29f9ee88334acf');
INSERT INTO a_kept_history.entry VALUES (100, 'agreed', 10, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"edited {''amount'': 30}"}', '7038cf8d0c197b69dec782a457bbce003d993b6961e7755fc8041ca4117a7e84', 'dd8f3f30456e437993a16f8cf2c7b84b26550465b3e1165d817bd74358d87011');
INSERT INTO a_kept_history.entry VALUES (101, 'taken-back', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":2}}', '2e8c4a84e37e3efd0b8658e22b6d4de1921422df22d86412e9543db717ec81b8', '7fcc15c158c27feac19a8930f9f6764bc3dbb78a0216bee18fe47aee8462ba15');
INSERT INTO a_kept_history.entry VALUES (102, 'taken-back', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b4607b38811d119d00ac","name":"agree","asks":"approve","digest":"21c4b4b6257d6f4d39a31c83e7397eab","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":2},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', 'fa2eb8e8c9204191e3ab7d4d7c3514ae8ce645270a84ae0fb78abda9454852cf', '0d2056f7b2a2581ea9ca1de7bcb4f4930460e534e4bfcc84d4b7a585bd92c530');
INSERT INTO a_kept_history.entry VALUES (103, 'taken-back', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', 'c7de6bbe2ba8f5105b06a15dc7d083c9880dd95e59d35023993b29069c2ef803');
INSERT INTO a_kept_history.entry VALUES (104, 'taken-back', 4, 1767604860000000, 'run.paused', '', '{"mark":"43d5f7a767bc3215"}', NULL, '', 'ed63b6886bd36d3d9b4d497b0731f59db5586748998943e2b63186969c416ed5');
INSERT INTO a_kept_history.entry VALUES (105, 'taken-back', 5, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b4607b38811d119d00ac","by":"leo","via":"python","outcome":"rejected","vetoes":true}', '{"reason":"no"}', 'c6308cfad234c7346108584fba1263a7834671f0cb9fe009bc6169a3cbc4337a', 'd2bf1b86648618dfb7205e81506d0a1ea1ae80a626d1517a7f522afa206386ef');
INSERT INTO a_kept_history.entry VALUES (106, 'taken-back', 6, 1767604860000000, 'task.closed', 'agree', '{"key":"agree","task":"task_019b8d75b4607b38811d119d00ac","outcome":"rejected","by":"leo","via":"python"}', '{"reason":"no"}', 'c6308cfad234c7346108584fba1263a7834671f0cb9fe009bc6169a3cbc4337a', '3b887e56c9dbfd3ac9bfc3c81a2f19084917a67e8ff9d32d058fc1fd236dcd82');
INSERT INTO a_kept_history.entry VALUES (107, 'taken-back', 7, 1767604860000000, 'task.reopened', 'agree', '{"key":"agree","task":"task_019b8d75b4607b38811d119d00ac","by":"leo","via":"python","due":1768296060000000}', '{"reason":"on second thoughts"}', '4448f880ac60cda9ebb6226702331ff1b02bc88c40536f630ac98d6791ede9a5', 'a79571e63b66a6a3a69e402247be6f0b31bd071bcee2c52eabacba99ef2eacfc');
INSERT INTO a_kept_history.entry VALUES (108, 'handed-on', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":3}}', '6e3e4eca63f53d0cbb84e3e9466283f7dacd9fe33c56433013e9628c665ccbc4', '70e8a7d266f0706dcea04b364439e5b5ccf62f4e76f24e890ae4c8f5e410ee24');
INSERT INTO a_kept_history.entry VALUES (109, 'handed-on', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b460462a20e491f8e8f8","name":"agree","asks":"approve","digest":"9233db611625a8a628443511ecdacdde","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":3},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', 'f3d60d1a1acccc7a4ca072bd3c3af3e887729305fef107c8b670e2f1e59ab01f', '67fea50aa885722ed6cb0ed1949cff1993a8a9d63e138d3c7225eb8c11bba2e8');
INSERT INTO a_kept_history.entry VALUES (110, 'handed-on', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', 'bd8bd938a5a914bf08914c63f158230d8f0c377269aca11252fa4378219aafab');
INSERT INTO a_kept_history.entry VALUES (111, 'handed-on', 4, 1767608460000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460462a20e491f8e8f8","to":["ann","bob","eve"],"count":1,"next":1767781260000000}', NULL, '', '715c3603a67fcb01b609c26b6dd7ccd7eb5388ad88a6f2bb52cdc1ca01ce3f46');
INSERT INTO a_kept_history.entry VALUES (112, 'handed-on', 5, 1767781260000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460462a20e491f8e8f8","to":["ann","bob","eve"],"count":2,"next":1767867660000000}', NULL, '', '85141663c3f2ca141e9cafb9935bc5d1df4381527d6b0d2e1f247f52dab6437c');
INSERT INTO a_kept_history.entry VALUES (113, 'handed-on', 6, 1767864060000000, 'task.escalated', 'agree', '{"key":"agree","task":"task_019b8d75b460462a20e491f8e8f8","to":["gus"],"was":["ann","bob","eve"],"left":{"after":28800000000,"to":["hal"],"then":"reject"},"next":1767950460000000}', NULL, '', '00ca748fed2b8695d8a6d4056366ff819559925d450d279541dd2ba5ecc3c745');
INSERT INTO a_kept_history.entry VALUES (114, 'asked-back', 1, 1767864060000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":4}}', '622f2097ddc5a8eb20ea78b0904e0a32ce042a4c5724e08323b63d04f14039aa', '85c485c174f62f3f0ec029f22a4d049a2ef53f3d17b05ec98e9a860389c9c352');
INSERT INTO a_kept_history.entry VALUES (115, 'asked-back', 2, 1767864060000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b9ce8c86024465b6e67340a1e","name":"agree","asks":"approve","digest":"20188f463ae2195ef19a43f385c62edd","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":4},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', 'bc65ddee14419b3e80e5bed446138d209612d79e3db0db039fb968e583636433', '248be4b5a30bb84137fb0911f335848312f4eec9f2c32b1795bff9efe914c4e1');
INSERT INTO a_kept_history.entry VALUES (116, 'asked-back', 3, 1767864060000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', 'a6eaea2b1bd611a4db56adbd661ce789972120972498bb8016b0d108826aef2e');
INSERT INTO a_kept_history.entry VALUES (117, 'asked-back', 4, 1767864060000000, 'task.delegated', 'agree', '{"key":"agree","task":"task_019b9ce8c86024465b6e67340a1e","owner":"ann","to":"fay","by":"ann","via":"python"}', NULL, '', '70903abf0b449784dc828b5c56104cc33ca0cbe875d959c6b27c3290e00712ad');
INSERT INTO a_kept_history.entry VALUES (118, 'asked-back', 5, 1767864060000000, 'task.attached', 'agree', '{"key":"agree","task":"task_019b9ce8c86024465b6e67340a1e","by":"ann","via":"python"}', '{"name":"note","url":"https://example.com/note"}', '93af1dc4415595e5ee8c156b34fcbbe5f48849838052c85060917a0cb4cf2949', '8ca5e8ef6649365738b0c636b12f395d0bad7c1bb2c6b1f349148c73f0bebb3a');
INSERT INTO a_kept_history.entry VALUES (119, 'asked-back', 6, 1767864060000000, 'task.asked_back', 'agree', '{"key":"agree","task":"task_019b9ce8c86024465b6e67340a1e","by":"fay","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}', '{"text":"Why?"}', 'b654fa1b70810ee490c4a733454f84c8c008e52ed020823b3694f7cbea8e56a7', '3448c099f94bc120d15fdff67fd75686996ca11879b314ad6ea6413e491a76c3');
INSERT INTO a_kept_history.entry VALUES (120, 'asked-back', 7, 1767864060000000, 'task.replied', 'agree', '{"key":"agree","task":"task_019b9ce8c86024465b6e67340a1e","by":"rob","via":"python","due":1768468860000000,"remind_at":1767867660000000,"escalate_at":1768209660000000}', '{"text":"Because."}', '05339db9293ac2fab50f0e100b4298cb833408e17675168e899e9a89eb55effc', '28c2c1139bc3b4b2566363895a07dae6f465ed4533e17f9b856bc867676b008f');
INSERT INTO a_kept_history.entry VALUES (121, 'asked-back', 8, 1767864060000000, 'task.asked_back', 'agree', '{"key":"agree","task":"task_019b9ce8c86024465b6e67340a1e","by":"ann","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}', '{"text":"Why now?"}', '8234dc606b7b17896c0d1a7f168b7afd91a09383c16ab49374621734bb5d1281', 'b6219b2db6c207da8dfd4bf6a72d13c4649137e56adf7e09a81f82398a565273');
INSERT INTO a_kept_history.entry VALUES (122, 'reassigned', 1, 1767864060000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":5}}', '93c562ce4533b6611daafd0e2bf1f2a982ed5138b5fe981d2391a452afff7bda', '466ddbb4d0364cb1ef073e0e3ff34de97de831b00b4dbff92c1323d45551f820');
INSERT INTO a_kept_history.entry VALUES (123, 'reassigned', 2, 1767864060000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b9ce8c8601bed4674276f15d6","name":"agree","asks":"approve","digest":"ebd5816a08733d5cce978e5b07f95234","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":5},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '631e92a04fa847898f44a6be5c4de17a3cf043489bc13a325ec803c87ca068b2', 'a8b7c644d96e44726d2c8a17cccca4daf86fd247d7ea30272d56432d61084981');
INSERT INTO a_kept_history.entry VALUES (124, 'reassigned', 3, 1767864060000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '8f471ca23e95366597f3ea13b18d9af4343d485c6f5c192f19ba89c1828ea8d3');
INSERT INTO a_kept_history.entry VALUES (125, 'reassigned', 4, 1767864060000000, 'task.assigned', 'agree', '{"key":"agree","task":"task_019b9ce8c8601bed4674276f15d6","to":["fay","group:finance"],"was":["ann","bob","eve"],"because":"reassigned","by":"ann","via":"python"}', '{"reason":"hers"}', '3b72164640bf25e300106abc167398f589716460a4f2835328300d9cbdd8ee80', '9121122110ec9749d0ebe7d4cffbc11903d10418ff57a235b09ac14ebd7e7a4f');
INSERT INTO a_kept_history.entry VALUES (126, 'asleep', 1, 1767864060000000, 'run.started', '', '{"workflow":"sleeps","version":"1"}', NULL, '', '2fb5ae040137924a72a6dd19711d58d2bd3e7bf3db174797e55b984923367f35');
INSERT INTO a_kept_history.entry VALUES (127, 'asleep', 2, 1767864060000000, 'timer.set', 'sleep_until', '{"key":"sleep_until","due":1769904000000000}', NULL, '', '498343a9a97b0e882dc6c8ba76715e5ede7ba02164d677df08d360e36db99d83');
INSERT INTO a_kept_history.entry VALUES (128, 'asleep', 3, 1767864060000000, 'run.waiting', '', '{"on":["sleep_until"]}', NULL, '', 'e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8');
INSERT INTO a_kept_history.entry VALUES (129, 'timed-out', 1, 1767864060000000, 'run.started', '', '{"workflow":"times_out","version":"1","timeout":3600.0}', NULL, '', '6931564e5257d04a962e5ef4693a809dc84679fc1bd6b3e48e1cc56cd0c2a499');
INSERT INTO a_kept_history.entry VALUES (130, 'timed-out', 2, 1767864060000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767950460000000}', NULL, '', '2a101fb904cb2cf6717c6dc10b4e326982c425c2fa25e9221e3002bd2dc3fd17');
INSERT INTO a_kept_history.entry VALUES (131, 'timed-out', 3, 1767864060000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', '23da9d524d534f342200b7a20c613e116cc6263293b9f65f7f787275a5f861aa');
INSERT INTO a_kept_history.entry VALUES (132, 'handed-on', 7, 1767867660000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460462a20e491f8e8f8","to":["gus"],"count":3,"next":1767954060000000}', NULL, '', '87344a8652fd697f7940150de69251eb8e9a32d6d4ddf01771a96301fd59b380');
INSERT INTO a_kept_history.entry VALUES (133, 'reassigned', 5, 1767867660000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b9ce8c8601bed4674276f15d6","to":["fay","group:finance"],"count":1,"next":1767954060000000}', NULL, '', '7ad1be97c961342f55e59e6d2b146e0d1ffe7c9b02f15354ec0b541a66757e1e');
INSERT INTO a_kept_history.entry VALUES (134, 'timed-out', 4, 1767867660000000, 'run.finished', '', '{"status":"timed_out"}', '{"error":{"type":"timed_out","message":"The run took longer than its timeout of 1:00:00."}}', '2a8b362f09088f78cb33b66a11e31f01e7aab0043cfc4a5fe1e185dba12d2ab8', 'bfeffa2f3bccb1833101e155aaf8079789a9206cf1dc91591982605db84b3485');
INSERT INTO a_kept_history.entry VALUES (135, 'failed', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', 'f88ce20283c47e6557089c2223bd30939fc9d0172fb594f2899454b4d21d8f2e');
INSERT INTO a_kept_history.entry VALUES (136, 'failed', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a56074be6f57ef9c2ca0","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '07891143266bbc56d3aba4f4c96529377e773af37e777b9aaa186288465ba721', 'caf89f1c1ace145d9274bb06e12018e51b3bf23fb944ca9fb7e2ec9b13ea3249');
INSERT INTO a_kept_history.entry VALUES (137, 'failed', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', 'fd18d75e570ca6c2552ae6bb69d17e4595921791ef578da810032157dd8bd5b9');
INSERT INTO a_kept_history.entry VALUES (138, 'failed', 4, 1767871260000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b9d56a56074be6f57ef9c2ca0","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'a298e2a5669438baa38b1eda554bf2044d08bfd167dac783a1a406098d3e81df');
INSERT INTO a_kept_history.entry VALUES (139, 'failed', 5, 1767871260000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b9d56a56074be6f57ef9c2ca0","outcome":"approved","by":"ann","via":"python"}', NULL, '', '1014cae6022383cf517890ce2eda78ed43c22cb83185609a82f57dba1d437eb4');
INSERT INTO a_kept_history.entry VALUES (140, 'failed', 6, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '17433dbea8fc3bcb17a338c0ed3774bbca59840cb3284e96a6583448383fa467');
INSERT INTO a_kept_history.entry VALUES (141, 'failed', 7, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', '2405e5ac1371f6e12ed9e4e0dda6f8cd34de8a51de09a7c48e1e26bca3c06fb0', '99958b60948b7927404e2099441037689d20b2c5746830e9fb4d4e6709a3049e');
INSERT INTO a_kept_history.entry VALUES (142, 'failed', 8, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', '506d0a12fd91295032e86598f654112704585c235ab64eb41ba632b1e7ada7d2', '06c9598bba0b6cdcbfc21cbda6b3d9a64ad0c77728c8a71c48eaf93676ff54f1');
INSERT INTO a_kept_history.entry VALUES (143, 'retried', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '3d6bcc9b1bd5a84d7a9c9424805434de9da86a17992d953c1feb9addd1bfe142');
INSERT INTO a_kept_history.entry VALUES (144, 'retried', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a56091e99c6f692de7ea","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '4a1e393fd8b26659241cbceebc4ecb684ef8049d38331bdb1634ef5cccfaf60d', '1deb9c431dfc8eef5cb054b72add5d27de7cf64d7f6ea9b1a193a108427fb86d');
INSERT INTO a_kept_history.entry VALUES (145, 'retried', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '4cd67a9715dfe554679e46e5c48adc68d8394b0858d4aa05f0d4b698d0599527');
INSERT INTO a_kept_history.entry VALUES (146, 'retried', 4, 1767871260000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b9d56a56091e99c6f692de7ea","by":"ann","via":"python","outcome":"approved"}', NULL, '', '048ed9878a24e67216bfd28bf017828364709cf5caca3c9355a4e9d48511fe47');
INSERT INTO a_kept_history.entry VALUES (147, 'retried', 5, 1767871260000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b9d56a56091e99c6f692de7ea","outcome":"approved","by":"ann","via":"python"}', NULL, '', '9270bf771a47fbd06332f6843e27e89c8ae325e432d2209f4340d13e697beaee');
INSERT INTO a_kept_history.entry VALUES (148, 'retried', 6, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '0aae6e6d53de12a0650282f130de4a054f22aa28f158ebc4b6ea5e1720d9556a');
INSERT INTO a_kept_history.entry VALUES (149, 'retried', 7, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', '84b7d56a2cd0157a8e633bf29769dc32dac18c3f4bfb199ed6bbd39b613c631b', '384b588320c34d2e90602a6a5abd2a04f579b1454aa90e298f70bd783b803a7d');
INSERT INTO a_kept_history.entry VALUES (150, 'retried', 8, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', 'ba2163dbe9adeb485f157ccac14ac72d93814ca74563ac71a65e7e8ee87cb525', 'cfcc748b754b1d774670f7857d63889f107c153882f0edaffc02de6df780fd19');
INSERT INTO a_kept_history.entry VALUES (151, 'retried', 9, 1767871260000000, 'run.retried', '', '{"by":"ann"}', NULL, '', 'e4698fb5cd7c336e11b6b7a860cdaf32cd207dfe0a66eaf818d89966d5dd46eb');
INSERT INTO a_kept_history.entry VALUES (152, 'retried', 10, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '4ed269675a9454ac87ad94f9e69994552fa3bd01a7f47c50dab5d60684089191');
INSERT INTO a_kept_history.entry VALUES (153, 'retried', 11, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', '84b7d56a2cd0157a8e633bf29769dc32dac18c3f4bfb199ed6bbd39b613c631b', 'ace65ee4d95c1aa5a51730606be1a5863a9149146cda8b3a07255d3eecd68eab');
INSERT INTO a_kept_history.entry VALUES (154, 'retried', 12, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', 'ba2163dbe9adeb485f157ccac14ac72d93814ca74563ac71a65e7e8ee87cb525', '9571e076fab96c107ef8b0fd6be9be90410ee54ae544032bbdbffec288dac076');
INSERT INTO a_kept_history.entry VALUES (155, 'paused', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '93dd072d28aa774fb9fe04a72e344d0238a5ce60027de25e26705404e17a355b');
INSERT INTO a_kept_history.entry VALUES (156, 'paused', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a560d64c9cfe5d344c5a","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', 'c6fc43672caaf08f19e71f8cefce264f15bc0c41c11ca0b7a7947e5b592e20a7', '39555b6f62995d1026b8599b72a1399e9222c3442e4028b64e8c85b560af2eba');
INSERT INTO a_kept_history.entry VALUES (157, 'paused', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '724c32dd67e597e27b0840536b20112b1fa3baaaf9026967e560f5ec82153e0d');
INSERT INTO a_kept_history.entry VALUES (158, 'paused', 4, 1767871260000000, 'run.paused', '', '{"by":"ann","mark":"bb0e70988e9bea54"}', NULL, '', '5d8067388d16f30cd0f7bb0f83cedb91499d9b81c01de1b654074620384d59a1');
INSERT INTO a_kept_history.entry VALUES (159, 'paused-once', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '58c73032e7104d3b865d63d083e98333c9f0ad225af5e9484b724850090cc6d3');
INSERT INTO a_kept_history.entry VALUES (160, 'paused-once', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a5601fb68a792c2fe664","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', 'b8573329029155fa5e30a7d984a95a0a6b78c9de1a8d206c2bcb000eab3e0c47', '66aacceb6c8893f9f65cf868e7f4d1944dc1d5de876e1a77159b6649c3b905f9');
INSERT INTO a_kept_history.entry VALUES (161, 'paused-once', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '3f28845448f3cef117bb67d47359bb98f03fd6bded5a44e592ee38bab2de2f94');
INSERT INTO a_kept_history.entry VALUES (162, 'paused-once', 4, 1767871260000000, 'run.paused', '', '{"by":"ann","mark":"ddf3498c1f3bf9d3"}', NULL, '', 'fd5472f2e85c978da5bb847eb34deeca15712ab443f0e2dffdb02f533fd63156');
INSERT INTO a_kept_history.entry VALUES (163, 'paused-once', 5, 1767871260000000, 'run.resumed', '', '{"by":"bob"}', NULL, '', 'bf9a7ab862893509193690ada449af1c006e24474f89bddadd39e4799bb06d83');
INSERT INTO a_kept_history.entry VALUES (164, 'paused-once', 6, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', 'a8d53f61b406ed84cab986c834156fb8dcf0e9169c84b81690bf602b96f8f86e');
INSERT INTO a_kept_history.entry VALUES (165, 'cancelled', 1, 1767871260000000, 'run.started', '', '{"workflow":"asks","version":"1","takes":"dict[str, int]"}', '{"input":{"of":1}}', '6b75c223bdaedb513bb40ed0ec1374e41e553c40ac21e72c34e29ded1c35b816', '50c1a2c22fd1b581aa6d523fab49da1561fee16901fb311db8b867de7e918047');
INSERT INTO a_kept_history.entry VALUES (166, 'cancelled', 2, 1767871260000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b9d56a560f64c60aa601d7bf1","name":"child task","asks":"approve","digest":"89deff716ea462c2cd98a824b39f6f68"}', '{"title":"child task for asks","value":{"of":1},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', 'eddd68827790cee82f1fdfa9bebeb595e3e4943eb6ffdce318ab7c2392936916', '92823f765910bf788c93ffaece080c41a7cbc26a3fb91fd7137b3afba99c39ec');
INSERT INTO a_kept_history.entry VALUES (167, 'cancelled', 3, 1767871260000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '2ae84b3aa2a9aebf44ff1ff8344d77378e078ef38a04f55de9329c89a0882029');
INSERT INTO a_kept_history.entry VALUES (168, 'cancelled', 4, 1767871260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b9d56a560f64c60aa601d7bf1","outcome":"cancelled","by":"ann","via":"run","withdrawn":true}', '{"reason":"The run ended: cancelled."}', '12252aa07f6dbac6b68043654339e05879a220ff108cac9659b8edb17c8b4345', '58b703c94ec8d280fbbcbb1ca48d4b15e3f5d59644f05ffdf5f076d7b5a82e59');
INSERT INTO a_kept_history.entry VALUES (169, 'cancelled', 5, 1767871260000000, 'run.finished', '', '{"status":"cancelled","by":"ann"}', '{"error":{"type":"cancelled","message":"no longer wanted","by":"ann"}}', '73190dd50b58507209dfd0306b3224d67858a36e5fb0a4eb45b196683d21bcb8', '2210379f59719265f6b2bf6cdb915433f1533b65bcdcf7887b2bdfed7a33e569');
INSERT INTO a_kept_history.entry VALUES (170, 'erased', 1, 1767871260000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","takes":"dict[str, int]"}', NULL, 'ac32d7ea9a31c4100f96341d60216301decbfde20d82d6f074aa506164c55552', '42584648da937fbc8478fcf606c31b81ee65ed6ffe8152c2a412c763a9be4d51');
INSERT INTO a_kept_history.entry VALUES (172, 'erased', 3, 1767871260000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', 'e061de31c3b74a9e6aaab6b50e35fec6a9e1ff8c2294dfb12712f5cc5e983ad7');
INSERT INTO a_kept_history.entry VALUES (171, 'erased', 2, 1767871260000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b9d56a560baea68e47557df10","name":"child task","asks":"approve","digest":"21373f747dada4cd2050afe8d0a0ec36","by":"ann"}', NULL, '4c9caac66404f50d8c5fc5396b3ded4b48577b3a901415b24d9f50ea93c88fa1', '421464b8f8527b4f072404bc8a8841016c84a8cbda65f412b12f19856ce82caa');
INSERT INTO a_kept_history.entry VALUES (173, 'erased', 4, 1767871260000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b9d56a560baea68e47557df10","by":"ann","via":"python","outcome":"rejected"}', NULL, '862d1f3daf88040e5cdd9679dfc4fece7b6c64bc5c91eb49cee5c16d9215bbc0', '775392cacc5d1917d4fe09de96955309cff340e5def3c2aadddf5fdcbd9cee95');
INSERT INTO a_kept_history.entry VALUES (174, 'erased', 5, 1767871260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b9d56a560baea68e47557df10","outcome":"rejected","by":"ann","via":"python"}', NULL, '862d1f3daf88040e5cdd9679dfc4fece7b6c64bc5c91eb49cee5c16d9215bbc0', 'bdb8209184416379b6f31d74524f0346cf954d22ac2041bb4a9930ccac2254a0');
INSERT INTO a_kept_history.entry VALUES (175, 'erased', 6, 1767871260000000, 'run.finished', '', '{"status":"succeeded"}', NULL, '6a4c031fa304f1eed3cf9737ddfe15606e7605b3d1e8bbe89d34d9883d346e33', 'b57566327ad0ab7c839f82daad0e24b46153d6d90899a8965233bd30a71d8a64');
INSERT INTO a_kept_history.entry VALUES (176, 'erased', 7, 1767871260000000, 'payloads.erased', '', '{"by":"ann"}', NULL, '', 'd6b8388f2881a45cdcf98a742cd4d1cda94773d35eef0677f80accb7fa543b84');
INSERT INTO a_kept_history.entry VALUES (177, 'parked', 1, 1767871260000000, 'run.started', '', '{"workflow":"changes","version":"1"}', NULL, '', 'f91c49ae4e46fdbf95e928ff2ea19d4e029682182c7763e3e3c01da0eea88466');
INSERT INTO a_kept_history.entry VALUES (178, 'parked', 2, 1767871260000000, 'step.started', 'original', '{"key":"original","name":"original","attempt":1,"digest":""}', NULL, '', '6482d9e7f11525cdf1b2a19f85b1915121d63aa58073d582436a237afd5ec578');
INSERT INTO a_kept_history.entry VALUES (179, 'parked', 3, 1767871260000000, 'step.finished', 'original', '{"key":"original","name":"original","attempt":1,"took":0}', '{"result":1}', 'cc8b3a9d2ca5341519603b4764023741174dfd1e9a8d84a3935ca3a8bb40e7dd', '5ef08d5f63fc006106c323038161ddd246101ddd429babb33d18c77482a43f74');
INSERT INTO a_kept_history.entry VALUES (180, 'parked', 4, 1767871260000000, 'task.opened', 'go on', '{"key":"go on","task":"task_019b9d56a5603fa7008e42bfc450","name":"go on","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"go on for changes"}', 'da122f5408546cfc73466470f1cc7a83c44eae24a880e35d0476c6f0900a5db9', '71eaf57dc0adf66b9d12b7e6fbd5e00791e0460c5b8df4c4ac4a8a20e0883d71');
INSERT INTO a_kept_history.entry VALUES (181, 'parked', 5, 1767871260000000, 'run.waiting', '', '{"on":["go on"]}', NULL, '', 'cc9c5ce8dbd7bd264273babff794b5b43ce0245e06a7257953deae7bb19e1a01');
INSERT INTO a_kept_history.entry VALUES (182, 'parked', 6, 1767871260000000, 'task.answered', 'go on', '{"key":"go on","task":"task_019b9d56a5603fa7008e42bfc450","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'fa32f4fd863d9233f9a58dfedf4cfe1b4908ac535cca2150782cae520f5a4521');
INSERT INTO a_kept_history.entry VALUES (183, 'parked', 7, 1767871260000000, 'task.closed', 'go on', '{"key":"go on","task":"task_019b9d56a5603fa7008e42bfc450","outcome":"approved","by":"ann","via":"python"}', NULL, '', '864e1433c69f7266cf7cb41bdb403c10c670452304bfb71fb23b83aa23ae5272');
INSERT INTO a_kept_history.entry VALUES (184, 'parked', 8, 1767871260000000, 'run.parked', '', '{"code":"journal_mismatch"}', '{"reason":"Run ''parked'' recorded the step ''original'' here, but the code now asks for the step ''renamed''. Restore the old order, or register the change as a new version."}', '0e4980ec613e6251247ec5cdbee624151485d9f74307087eed1620860203a467', '371b82607cb507d44cb34fa2487937d2b33ecdcc54a7639e4f7fb631d879fd0c');
INSERT INTO a_kept_history.migration VALUES (1, '9d938ae32ee9ffad5e0b068aab6dcce1cd523e0ff62619228a0849dd8f8119dd', '2026-11-27 22:34:23.285453+00');
INSERT INTO a_kept_history.migration VALUES (2, '21b7445ed33bccb94f04d50e985c915bb6e8064a88157cfff19e5fb38c5878f4', '2026-11-27 22:34:23.285453+00');
INSERT INTO a_kept_history.migration VALUES (3, '8991612791d04e5aebd640ba9bc70d429058bd2a8a05e2bdd950608ed1e6edd1', '2026-11-27 22:34:23.285453+00');
INSERT INTO a_kept_history.run VALUES ('everything.asks', 'asks', '1', 'succeeded', 6, '9964b1b0714aab67832d9219573ff75a784ab237bf9be64a2a0eebb96f141d69', 'ann', '{}', 'everything', 'everything', 1767604201000000, 1767604260000000, 1767604260000000, '{"salt":"e5a4f87d620c79a5","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('everything', 'everything', '1', 'waiting', 30, 'cec7a8ac228012908d65f752ba384bcbd9100eee7960db23b474efaf36c51c4b', 'ann', '{"team":"a"}', 'everything', NULL, 1767603600000000, 1767604260000000, NULL, '{"salt":"de1b1177d6292939","waiting_for":["refund"],"names":{"refund":1}}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('succeeded.asks', 'asks', '1', 'succeeded', 6, '4c5fe84fed25c8690b92c2e354298eb11ae8a94a5344f333bfd8869a402437e2', NULL, '{}', 'succeeded', 'succeeded', 1767604860000000, 1767604860000000, 1767604860000000, '{"salt":"331e6ec3c9717724","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('succeeded', 'everything', '1', 'succeeded', 32, '38f8f9cc4de84479acf6f03fb2230753f587ca73b564c1616cd9a8227b074eda', NULL, '{}', 'succeeded', NULL, 1767604260000000, 1767604860000000, 1767604860000000, '{"salt":"9931738cae4ee22a","names":{"refund":1,"color":1,"words":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('agreed', 'agrees', '1', 'succeeded', 10, 'dd8f3f30456e437993a16f8cf2c7b84b26550465b3e1165d817bd74358d87011', 'rob', '{}', 'agreed', NULL, 1767604860000000, 1767604860000000, 1767604860000000, '{"salt":"a5a4e8b7c33858d3","names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('taken-back', 'agrees', '1', 'paused', 7, 'a79571e63b66a6a3a69e402247be6f0b31bd071bcee2c52eabacba99ef2eacfc', 'rob', '{}', 'taken-back', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"06b43256e1133a5d","waiting_for":["agree"],"names":{"agree":1},"mark":"43d5f7a767bc3215"}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('timed-out', 'times_out', '1', 'timed_out', 4, 'bfeffa2f3bccb1833101e155aaf8079789a9206cf1dc91591982605db84b3485', NULL, '{}', 'timed-out', NULL, 1767864060000000, 1767867660000000, 1767867660000000, '{"salt":"eba4b00c999aff2c","timeout":3600.0,"spent":3600.0,"counts_waiting":false}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('races', 'races', '1', 'waiting', 16, 'f636e2483a56f9924dbbe097523bd24fe0caf1f37ada0b1677b54a254ed5a8c5', NULL, '{}', 'races', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"5bf71b756f581d9f","waiting_for":["last"],"names":{"never answered":1,"quick":1,"last":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('asked-back', 'agrees', '1', 'waiting', 8, 'b6219b2db6c207da8dfd4bf6a72d13c4649137e56adf7e09a81f82398a565273', 'rob', '{}', 'asked-back', NULL, 1767864060000000, 1767864060000000, NULL, '{"salt":"7ca1354a2994a82d","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('handed-on', 'agrees', '1', 'waiting', 7, '87344a8652fd697f7940150de69251eb8e9a32d6d4ddf01771a96301fd59b380', 'rob', '{}', 'handed-on', NULL, 1767604860000000, 1767867660000000, NULL, '{"salt":"86f0381b84691501","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('reassigned', 'agrees', '1', 'waiting', 5, '7ad1be97c961342f55e59e6d2b146e0d1ffe7c9b02f15354ec0b541a66757e1e', 'rob', '{}', 'reassigned', NULL, 1767864060000000, 1767867660000000, NULL, '{"salt":"7f875b1d0fe2bd3c","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('asleep', 'sleeps', '1', 'waiting', 3, 'e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8', NULL, '{}', 'asleep', NULL, 1767864060000000, 1767864060000000, NULL, '{"salt":"dfc140be6d546e21","waiting_for":["sleep_until"]}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('failed', 'ships', '1', 'failed', 8, '06c9598bba0b6cdcbfc21cbda6b3d9a64ad0c77728c8a71c48eaf93676ff54f1', NULL, '{}', 'failed', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"2f4cd3cb0162e383","names":{"ship it":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('retried', 'ships', '1', 'failed', 12, '9571e076fab96c107ef8b0fd6be9be90410ee54ae544032bbdbffec288dac076', NULL, '{}', 'retried', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"e41338e0e9d293f0","names":{"ship it":1}}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('paused', 'ships', '1', 'paused', 4, '5d8067388d16f30cd0f7bb0f83cedb91499d9b81c01de1b654074620384d59a1', NULL, '{}', 'paused', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"603513bce7e83b10","waiting_for":["ship it"],"names":{"ship it":1},"mark":"bb0e70988e9bea54"}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('cancelled', 'asks', '1', 'cancelled', 5, '2210379f59719265f6b2bf6cdb915433f1533b65bcdcf7887b2bdfed7a33e569', NULL, '{}', 'cancelled', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"ff64f8c57d37cc55","names":{"child task":0}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('erased', 'asks', '1', 'succeeded', 7, 'd6b8388f2881a45cdcf98a742cd4d1cda94773d35eef0677f80accb7fa543b84', 'ann', '{}', 'erased', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"","names":{"child task":1},"signals":[{},[],{},[]]}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('paused-once', 'ships', '1', 'waiting', 6, 'a8d53f61b406ed84cab986c834156fb8dcf0e9169c84b81690bf602b96f8f86e', NULL, '{}', 'paused-once', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"50700a09cd73b6c4","waiting_for":["ship it"],"names":{"ship it":1}}', NULL, 3);
INSERT INTO a_kept_history.run VALUES ('parked', 'changes', '1', 'parked', 8, '371b82607cb507d44cb34fa2487937d2b33ecdcc54a7639e4f7fb631d879fd0c', NULL, '{}', 'parked', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"e8243cb999946141","waiting_for":["go on"],"names":{"go on":1},"parked":"journal_mismatch"}', NULL, 2);
INSERT INTO a_kept_history.task VALUES ('task_019b8d6ba628219ee0ef4ba1cc1b', 'everything.asks', 'everything', 'asks', 2, 'child task', 'approve', 'closed', 'approved', 'child task for asks', '[]', 1767604201000000, NULL, 0, '{"answers":[[1767604260000000,"bob","approved","python",null,"why not"]],"closing":[1767604260000000,"approved","bob","python","why not",false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d6c8ca0b3ece5e71c6f85a8', 'everything', 'everything', 'everything', 23, 'refund', 'approve', 'claimed', NULL, 'Refund the order?', '["ann","group:finance"]', 1767604260000000, 1770196260000000, 2, '{"owner":"ann","comments":[[1767604260000000,"bob","Is this right?"]]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460f76821aa8240b542', 'succeeded.asks', 'succeeded', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', 'child task for asks', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"bob","rejected","python",null,"no"]],"closing":[1767604860000000,"rejected","bob","python","no",false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b4607a187836ebe10302', 'succeeded', 'succeeded', 'everything', 20, 'refund', 'approve', 'closed', 'approved', 'Refund the order?', '["ann","group:finance"]', 1767604860000000, 1770196860000000, 2, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460cf55bb98838f0c40', 'succeeded', 'succeeded', 'everything', 24, 'color', 'choose', 'closed', 'answered', 'color for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",["blue"],null]],"closing":[1767604860000000,"answered","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460aa8bef463debce43', 'succeeded', 'succeeded', 'everything', 28, 'words', 'ask', 'closed', 'answered', 'words for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",{"amount":2.5,"note":"ü"},null]],"closing":[1767604860000000,"answered","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460337bc30a54a29e99', 'races', 'races', 'races', 4, 'quick', 'approve', 'closed', 'approved', 'quick for races', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460fa31f8802c8258bd', 'races', 'races', 'races', 3, 'never answered', 'approve', 'closed', 'cancelled', 'never answered for races', '[]', 1767604860000000, 1767612060000000, 0, '{"closing":[1767604860000000,"cancelled",null,"workflow",null,true]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460b2949e2faecacc55', 'races', 'races', 'races', 15, 'last', 'approve', 'open', NULL, 'last for races', '[]', 1767604860000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b4607b38811d119d00ac', 'taken-back', 'taken-back', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["ann","bob","eve"]', 1767604860000000, 1768296060000000, 0, '{"answers":[[1767604860000000,"leo","rejected","python",null,"no",null,true,true]],"clocks":[1768296060000000,null,null]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460c32a182a67c7da85', 'agreed', 'agreed', 'agrees', 2, 'agree', 'approve', 'closed', 'edited', 'agree for agrees', '["role:ceo"]', 1767604860000000, 1768296060000000, 0, '{"answers":[[1767604860000000,"ann","approved","python",null,null],[1767604860000000,"bob","edited","python",{"amount":30},null],[1767604860000000,"eve","approved","python",null,null],[1767604860000000,"cleo","approved","python",null,null]],"closing":[1767604860000000,"edited","cleo","python",null,false],"stage":1,"assigned":["role:ceo"],"since":3,"edit":[1]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9ce8c86024465b6e67340a1e', 'asked-back', 'asked-back', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["ann","bob","eve","fay"]', 1767864060000000, NULL, 0, '{"comments":[[1767864060000000,"fay","Why?"],[1767864060000000,"rob","Because."]],"delegations":[["ann","fay"]],"attached":[["note","https://example.com/note","ann"]],"question":[1767864060000000,"ann","Why now?",144000000000,3600000000,57600000000],"clocks":[null,null,null]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a56091e99c6f692de7ea', 'retried', 'retried', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460462a20e491f8e8f8', 'handed-on', 'handed-on', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["gus"]', 1767604860000000, 1768296060000000, 0, '{"assigned":["gus"],"clocks":[1768296060000000,1767954060000000,1767950460000000],"escalations":{"after":28800000000,"to":["hal"],"then":"reject"},"escalated":1,"reminded":3}');
INSERT INTO a_kept_history.task VALUES ('task_019b9ce8c8601bed4674276f15d6', 'reassigned', 'reassigned', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["fay","group:finance"]', 1767864060000000, 1768468860000000, 0, '{"assigned":["fay","group:finance"],"clocks":[1768468860000000,1767954060000000,1768209660000000],"reminded":1}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a56074be6f57ef9c2ca0', 'failed', 'failed', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560d64c9cfe5d344c5a', 'paused', 'paused', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a5601fb68a792c2fe664', 'paused-once', 'paused-once', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560f64c60aa601d7bf1', 'cancelled', 'cancelled', 'asks', 2, 'child task', 'approve', 'closed', 'cancelled', 'child task for asks', '[]', 1767871260000000, NULL, 0, '{"closing":[1767871260000000,"cancelled","ann","run","The run ended: cancelled.",true]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560baea68e47557df10', 'erased', 'erased', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', '', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","rejected","python",null,null]],"closing":[1767871260000000,"rejected","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a5603fa7008e42bfc450', 'parked', 'parked', 'changes', 4, 'go on', 'approve', 'closed', 'approved', 'go on for changes', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.timer VALUES ('everything', 'task:task_019b8d6c8ca0b3ece5e71c6f85a8', 1770196260000000);
INSERT INTO a_kept_history.timer VALUES ('taken-back', 'task:task_019b8d75b4607b38811d119d00ac', 1768296060000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'task:task_019b8d75b460462a20e491f8e8f8', 1768296060000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'escalate:task_019b8d75b460462a20e491f8e8f8', 1767950460000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'task:task_019b9ce8c8601bed4674276f15d6', 1768468860000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'escalate:task_019b9ce8c8601bed4674276f15d6', 1768209660000000);
INSERT INTO a_kept_history.timer VALUES ('asleep', 'sleep_until', 1769904000000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'remind:task_019b8d75b460462a20e491f8e8f8', 1767954060000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'remind:task_019b9ce8c8601bed4674276f15d6', 1767954060000000);
SELECT pg_catalog.setval('a_kept_history.process_number_seq', 3, true);
SELECT pg_catalog.setval('a_kept_history.seq', 184, true);
ALTER TABLE ONLY a_kept_history.candidate
    ADD CONSTRAINT candidate_pkey PRIMARY KEY (who, task);
ALTER TABLE ONLY a_kept_history.document
    ADD CONSTRAINT document_pkey PRIMARY KEY (kind, id);
ALTER TABLE ONLY a_kept_history.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY a_kept_history.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (version);
ALTER TABLE ONLY a_kept_history.process
    ADD CONSTRAINT process_pkey PRIMARY KEY (number);
ALTER TABLE ONLY a_kept_history.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY a_kept_history.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (id);
ALTER TABLE ONLY a_kept_history.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (run, key);
ALTER TABLE ONLY a_kept_history.waiter
    ADD CONSTRAINT waiter_pkey PRIMARY KEY (run, key, event);
CREATE INDEX candidate_task ON a_kept_history.candidate USING btree (task);
CREATE UNIQUE INDEX entry_run ON a_kept_history.entry USING btree (run, number);
CREATE INDEX run_child ON a_kept_history.run USING btree (root) WHERE (parent IS NOT NULL);
CREATE INDEX run_created ON a_kept_history.run USING btree (created DESC, id DESC);
CREATE INDEX run_finished ON a_kept_history.run USING btree (finished) WHERE (finished IS NOT NULL);
CREATE INDEX run_free ON a_kept_history.run USING btree (created) WHERE ((status = 'running'::text) AND (COALESCE(owner, (0)::bigint) = 0));
CREATE INDEX run_owner ON a_kept_history.run USING btree (owner) WHERE (owner > 0);
CREATE INDEX run_status ON a_kept_history.run USING btree (status, created DESC, id DESC);
CREATE INDEX run_workflow ON a_kept_history.run USING btree (workflow, created DESC, id DESC);
CREATE INDEX task_closed ON a_kept_history.task USING btree (opened DESC, id DESC) WHERE (status = 'closed'::text);
CREATE INDEX task_due ON a_kept_history.task USING btree (due) WHERE ((status <> 'closed'::text) AND (due IS NOT NULL));
CREATE INDEX task_open ON a_kept_history.task USING btree (priority DESC, opened, id) WHERE (status <> 'closed'::text);
CREATE INDEX task_open_workflow ON a_kept_history.task USING btree (workflow, priority DESC, opened, id) WHERE (status <> 'closed'::text);
CREATE INDEX task_opened ON a_kept_history.task USING btree (opened DESC, id DESC);
CREATE INDEX task_root ON a_kept_history.task USING btree (root);
CREATE INDEX task_run ON a_kept_history.task USING btree (run);
CREATE INDEX timer_due ON a_kept_history.timer USING btree (due);
CREATE INDEX waiter_done ON a_kept_history.waiter USING btree (event, done DESC) WHERE (done IS NOT NULL);
CREATE INDEX waiter_open ON a_kept_history.waiter USING btree (event, since, run, key) WHERE (done IS NULL);
