CREATE SCHEMA a_kept_history;
CREATE FUNCTION a_kept_history.commit_1424e73469a6(me bigint, lock bigint, channel text, wake text, run_id text[], run_workflow text[], run_version text[], run_status text[], run_number bigint[], run_head text[], run_by text[], run_labels text[], run_root text[], run_parent text[], run_created bigint[], run_updated bigint[], run_finished bigint[], run_state text[], run_expected bigint[], run_fence bigint[], entry_run text[], entry_number bigint[], entry_at bigint[], entry_kind text[], entry_key text[], entry_body text[], entry_payload text[], entry_digest text[], entry_hash text[], task_id text[], task_run text[], task_root text[], task_workflow text[], task_number bigint[], task_name text[], task_kind text[], task_status text[], task_outcome text[], task_title text[], task_who text[], task_opened bigint[], task_due bigint[], task_priority bigint[], task_state text[], candidate_who text[], candidate_task text[], timer_run text[], timer_key text[], timer_due bigint[], waiter_run text[], waiter_key text[], waiter_event text[], waiter_since bigint[], waiter_due bigint[], waiter_done bigint[], place_run text[], place_queue text[], place_standing text[], place_first bigint[], place_parallelism bigint[], place_rate bigint[], place_since bigint[], erased text[]) RETURNS TABLE(first bigint, before bigint, run text, number bigint, fenced boolean, no_room boolean)
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
                    and (r.owner is distinct from me or r.fence <> given.fence),
                false
            from unnest(run_id, run_expected, run_fence) as given (id, expected, fence)
            left join "a_kept_history".run as r on r.id = given.id
            where coalesce(r.number, 0) <> given.expected
                or (given.fence is not null and r.id is not null
                    and (r.owner is distinct from me or r.fence <> given.fence));
        if found then
            return;
        end if;

        if array_length(place_run, 1) > 0 then
            -- Those who are let in here count too, in their order; those who leave here have left.
            return query
                select null::bigint, null::bigint, given.run, null::bigint, false, true
                from (
                    select p.run, p.queue, p.parallelism, p.rate, p.since,
                        row_number() over (partition by p.queue order by p.turn) as turn,
                        count(p.rate) over (partition by p.queue order by p.turn) as start
                    from unnest(place_run, place_queue, place_standing, place_parallelism, place_rate,
                        place_since) with ordinality
                        as p (run, queue, standing, parallelism, rate, since, turn)
                    where p.standing = 'in') as given
                where given.turn + (select count(*) from "a_kept_history".place as t
                        where t.queue = given.queue and t.standing = 'in' and t.run <> all (place_run))
                        > given.parallelism
                    or given.start + (select count(*) from "a_kept_history".place as t
                        where t.queue = given.queue and t.first > given.since) > given.rate;
            if found then
                return;
            end if;
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

        if array_length(place_run, 1) > 0 then
            -- Who is queued anew goes to the end of the line.
            insert into "a_kept_history".place as there (run, queue, standing, first)
                select p.run, p.queue, p.standing, p.first
                from unnest(place_run, place_queue, place_standing, place_first) with ordinality
                    as p (run, queue, standing, first, turn)
                order by p.turn
                on conflict (run) do update set queue = excluded.queue, standing = excluded.standing,
                    first = excluded.first,
                    arrived = case excluded.standing when 'queued' then excluded.arrived
                        else there.arrived end;
        end if;

        if wake is not null and count > 0
                and exists (select from "a_kept_history".process as p where p.number <> me) then
            perform pg_notify(channel, wake);
        end if;
        return query select start, newest, null::text, null::bigint, null::boolean, null::boolean;
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
CREATE TABLE a_kept_history.place (
    run text NOT NULL COLLATE pg_catalog."C",
    queue text NOT NULL COLLATE pg_catalog."C",
    standing text NOT NULL,
    first bigint,
    arrived bigint NOT NULL
);
ALTER TABLE a_kept_history.place ALTER COLUMN arrived ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME a_kept_history.place_arrived_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b8d6c8ca02022b6f36e3e0962');
INSERT INTO a_kept_history.candidate VALUES ('group:finance', 'task_019b8d6c8ca02022b6f36e3e0962');
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b8d75b460f81662236d5a429b');
INSERT INTO a_kept_history.candidate VALUES ('bob', 'task_019b8d75b460f81662236d5a429b');
INSERT INTO a_kept_history.candidate VALUES ('eve', 'task_019b8d75b460f81662236d5a429b');
INSERT INTO a_kept_history.candidate VALUES ('gus', 'task_019b8d75b460fa6f20381afdcf19');
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b9ce8c860f4f04ba6bb047944');
INSERT INTO a_kept_history.candidate VALUES ('bob', 'task_019b9ce8c860f4f04ba6bb047944');
INSERT INTO a_kept_history.candidate VALUES ('eve', 'task_019b9ce8c860f4f04ba6bb047944');
INSERT INTO a_kept_history.candidate VALUES ('fay', 'task_019b9ce8c860f4f04ba6bb047944');
INSERT INTO a_kept_history.candidate VALUES ('fay', 'task_019b9ce8c860d3a8eca16100048a');
INSERT INTO a_kept_history.candidate VALUES ('group:finance', 'task_019b9ce8c860d3a8eca16100048a');
INSERT INTO a_kept_history.document VALUES ('secret', 'snapshots', '"480a009187aed87a57504af758eeb2a9404757f9062beb99e71302e4a9040c28"');
INSERT INTO a_kept_history.entry VALUES (1, 'everything', 1, 1767603600000000, 'run.started', '', '{"workflow":"everything","version":"1","by":"ann","labels":{"team":"a"},"takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":7,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"1.20"}}},{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"ink","price":{"$":"decimal","v":"7.80"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]},"due":{"$":"date","v":"2026-03-01"}}}}', 'e23451ee1235264fd0b5e036713392ed5db60300d647fba27a428bce38676a9d', '10e1561d29ddeba5c65368dbd22de9f9f011cf5b82c7b4805182af62917cfca0');
INSERT INTO a_kept_history.entry VALUES (2, 'everything', 2, 1767603600000000, 'run.recovered', '', '{}', NULL, '', '9c8043baf47a2789630ff80cc1782f53abbd49eb70bf4f912eef9e699c33b695');
INSERT INTO a_kept_history.entry VALUES (3, 'everything', 3, 1767603600000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]}}}', 'f9c2938bd5f8ad4573a140e26ce3f18bad36ec85203c6d9f6587407f6f9841dd', '806705ce9bb231125704e3dc1f824dcb13402682d166dba5d30d1b353f237d0a');
INSERT INTO a_kept_history.entry VALUES (4, 'everything', 4, 1767603600000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', 'a1dec714dd3829622ec7481abf853c656f33bf8ae91ce296a36eaf9318161d78', 'b64f3968906d588bf23a0f9cdc76a719f8cc8993b72afaa628b873275639dfbd');
INSERT INTO a_kept_history.entry VALUES (5, 'everything', 5, 1767603600000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"f839c6406709a262","returns":"Decimal"}', NULL, '', 'bc6f1c04d8deef040c60f0d4e324f5a34d7ac612cb0abf49f195d1a809708181');
INSERT INTO a_kept_history.entry VALUES (6, 'everything', 6, 1767603600000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"9.00"}}', '79ea16d9fb979c92a0c0f2367b0c2755fb1bea5100a6cfbc8ba714b22afc904b', '491ce6d7d33815de07bbf94258b1ba79a30184cb972b0783b06f9d1a8d052f8b');
INSERT INTO a_kept_history.entry VALUES (7, 'everything', 7, 1767603600000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', '4870fb4ed0df47843d2cf10f7fd1d28ad11b3a1f4d3c7448f3110891fd235015');
INSERT INTO a_kept_history.entry VALUES (8, 'everything', 8, 1767603600000000, 'step.retrying', 'charge', '{"key":"charge","name":"charge","attempt":1,"due":1767603601000000}', '{"error":{"type":"builtins:ConnectionError","message":"the bank did not answer about 9.00","args":["the bank did not answer about 9.00"],"attributes":{},"trace":"ConnectionError: the bank did not answer about 9.00\n"}}', 'd8d2322d22920bc2a10fbb399c80958a8dd172f8b8dc21461fa9801ab1f5b4fe', '8d3639418528c41ed4e5d0b14ba6c9529b7879e45600e4cce511a353867c56e3');
INSERT INTO a_kept_history.entry VALUES (9, 'everything', 9, 1767603601000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":2,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', 'f2320e692d14e377d638f25c3765a052ea06b04217f36c4c8698d14d96ad8110');
INSERT INTO a_kept_history.entry VALUES (10, 'everything', 10, 1767603601000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":2,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"9.00"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', '1d53faca9bb42c7d38cf85a2424ff7ffc665681f23c91645d650eef351b825c7', 'd95678182b1ce127a5834485276cbfe5e1eb72edd421a798705b7b4d5adf8056');
INSERT INTO a_kept_history.entry VALUES (11, 'everything', 11, 1767603601000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', '5d3aaa2c602741ea32f4b3f334e7ea63eeaaa3ac86aaa2d951d07f1e755b4b0b');
INSERT INTO a_kept_history.entry VALUES (12, 'everything', 12, 1767603601000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', '2232ff25898e0ff61df464dbda7a80f935a4a3ec481c60a51517294d07252896', '2aeabc9e496d58444a8129131a165b0d87cd25ca20c96c73f40ee841d62b981f');
INSERT INTO a_kept_history.entry VALUES (13, 'everything', 13, 1767603601000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"9.00"}}}', 'e2f5ffc03e2a84a952571786cce2fb2fe961b1c335c5dc122b1e296c83960a5a', '22032a1b4971418449dd55490d7169f7dd3615163912bd21316b812476c01a44');
INSERT INTO a_kept_history.entry VALUES (14, 'everything', 14, 1767603601000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0}}', '2689a2c7d9174217d9f385a23cfeace05b896664c13457eeedfebcba341daa07', '7fd49448dbfa79d69e0758d7168b5084cd6586ad8f37e14efec9041e886fafd0');
INSERT INTO a_kept_history.entry VALUES (15, 'everything', 15, 1767603601000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"485f7ea5-2c6a-4407-b200-22baf85b78c1"}}', '63c86417284fe106bc47c141f361df835e68b82e113c402d6db0281d2a4ea710', 'd00c3ee7c4056840cea4c156325e99ed3aa7db7dd56356915fffd55390036f53');
INSERT INTO a_kept_history.entry VALUES (16, 'everything', 16, 1767603601000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.5949605555445732}', 'cbb8ddca5364c574fa66e1e3c45e78f562a4baeacb80c98e9a481c5be117fdea', 'da901109367b3c47a9b8e528f1182d343e48d299838e657307cb15cb339e2d1e');
INSERT INTO a_kept_history.entry VALUES (17, 'everything', 17, 1767603601000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604201000000}', NULL, '', 'b192e56df48d5d0f19a6972441c1306ace8c0830cb806198dde68873dde9885a');
INSERT INTO a_kept_history.entry VALUES (18, 'everything', 18, 1767603601000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', '8678fa66c25e38e5448f9c51bd059086090746c500a6a469bda74c8b51f346a0');
INSERT INTO a_kept_history.entry VALUES (19, 'everything', 19, 1767604201000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', 'ac62add7fbb285a5ffaadda39579437da5049a0a93f693f6ca4a764bb49cd764');
INSERT INTO a_kept_history.entry VALUES (20, 'everything.asks', 1, 1767604201000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","root":"everything","parent":"everything","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":7}}', 'c28317b4b199d7f4827d8725c5a60e500e0d2096195e4699bf6e9488044d6202', '0d256c24c421a94b489c12df1ac5e40f4ad70cdde57168041a37d0f0997e7a42');
INSERT INTO a_kept_history.entry VALUES (21, 'everything', 20, 1767604201000000, 'child.started', 'asks', '{"key":"asks","child":"everything.asks","digest":"6d10a62e97a46fc9"}', NULL, '', '2ef44a4b82c1fc96cb9cffdb04edadf3348dc415cf0cc8666197d7dbd4fbad9f');
INSERT INTO a_kept_history.entry VALUES (22, 'everything.asks', 2, 1767604201000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d6ba6280325c674df7c9299","name":"child task","asks":"approve","digest":"3108422d164e70fd1be38c1a7c8a46bc","by":"ann","path":["asks"]}', '{"title":"child task for asks","value":{"of":7},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', 'b5276ed6d1de172f54ee6f37896c5c137c04ddd101255ab0037510e35ddcf179', '59d4192f8d373e7a5365c6fbdd700780ea5519fc1f12f5dbc9933dc504a039b4');
INSERT INTO a_kept_history.entry VALUES (23, 'everything.asks', 3, 1767604201000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '96852474aea8d173d0c1bfef1c7a7ceeebb70037ca31ff007e433c0dc7b13739');
INSERT INTO a_kept_history.entry VALUES (24, 'everything', 21, 1767604201000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', '503d67e3e4343436a08966a4c1658666cef497dfcadff1b6b5d9ff36e04122f6');
INSERT INTO a_kept_history.entry VALUES (25, 'everything.asks', 4, 1767604260000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d6ba6280325c674df7c9299","by":"bob","via":"python","outcome":"approved"}', '{"reason":"why not"}', '3eaf6be26647424caa3575096ef2cc5c72c050305c9fee5170b068a30b5229e3', '92ddeaa0711fe3c0fe07c249721d3aae94a94f540894d556d31031e633ae4ce8');
INSERT INTO a_kept_history.entry VALUES (26, 'everything.asks', 5, 1767604260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d6ba6280325c674df7c9299","outcome":"approved","by":"bob","via":"python"}', '{"reason":"why not"}', '3eaf6be26647424caa3575096ef2cc5c72c050305c9fee5170b068a30b5229e3', '2d13420a037ee97db914d1fa7787d94677d12b518efbd8734029bb0ba52b62a7');
INSERT INTO a_kept_history.entry VALUES (27, 'everything.asks', 6, 1767604260000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"approved by bob"}', 'c06eea1e4bc982814685cb7642b7f011f2f3e8e84e0c4a066c3109be7d2a3375', 'bf81eae7b53770ade9d88197226a6bc8ff9b0e85e418b79f7d006ff2db2a9602');
INSERT INTO a_kept_history.entry VALUES (28, 'everything', 22, 1767604260000000, 'child.finished', 'asks', '{"key":"asks","child":"everything.asks","status":"succeeded"}', '{"output":"approved by bob"}', '9bd54241db90a0764660b49f556b64c94243f60f991f332afb1e6d6f067bb82c', 'f9c07da4089e7704a6217169289a740d9971f806923d07e8db6f6786f6e28d43');
INSERT INTO a_kept_history.entry VALUES (29, 'everything', 23, 1767604260000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02022b6f36e3e0962","name":"refund","asks":"approve","digest":"dda44773cdd29e51240167b8e74fa732","to":["ann","group:finance"],"by":"ann","labels":{"team":"a"},"priority":2,"due":1770196260000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"9.00"},"at":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0},"id":{"$":"uuid","v":"485f7ea5-2c6a-4407-b200-22baf85b78c1"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', '74bcb44107ee5f1a29a254ac11c395ac5784b12ccd719bcd913a84822ee0b4de', 'd2ec7d0b52070ab3a00ed039b2d9fd429daad24d76729e7c83c34e2db4b85867');
INSERT INTO a_kept_history.entry VALUES (30, 'everything', 24, 1767604260000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', 'a765711cd32292a1c2483004b4cbe8bf7b26ac659e98b40f9d1ad5ddcba7649b');
INSERT INTO a_kept_history.entry VALUES (31, 'everything', 25, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02022b6f36e3e0962","by":"eve","via":"python","status":"ineligible","outcome":"approved"}', '{"why":"eve may not answer this task: it is assigned to ann, group:finance."}', 'ab9b0afdb87e9fef7774b2a502d9525e303c7784bad4a182ee32445c901ecb1c', '40ca0c4331dd1b072b67cadb02feda3745d848584ebca18d9880a044e22e1885');
INSERT INTO a_kept_history.entry VALUES (32, 'everything', 26, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02022b6f36e3e0962","by":"ann","via":"python"}', NULL, '', '9892b84326cdc41a9ac6cc29e77fe8d997c91c1c12d4599a1aaab7e49cf8fe73');
INSERT INTO a_kept_history.entry VALUES (33, 'everything', 27, 1767604260000000, 'task.released', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02022b6f36e3e0962","by":"ann","via":"python"}', NULL, '', '42945b6d6e3ad252b2af03669f0ed3c8522c362c82ba164e414402f038ef5ed0');
INSERT INTO a_kept_history.entry VALUES (34, 'everything', 28, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02022b6f36e3e0962","by":"ann","via":"python","status":"invalid","outcome":"edited"}', '{"value":{"total":"not a number"},"why":"The value does not fit: /total: Input should be a valid decimal; /at: Field required; /id: Field required."}', '28d72a528785821cd94b9257de056efc254a1762bdcfcf5ba2c3ba779a6df823', 'b8a408ca8fb2a7f2ed93ea55c426deaead3f1969147964183f9bcc5f7e13f379');
INSERT INTO a_kept_history.entry VALUES (35, 'everything', 29, 1767604260000000, 'task.commented', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02022b6f36e3e0962","by":"bob","via":"python"}', '{"text":"Is this right?"}', '80414ff876bfc8d73e6678a206ca6ad7059b40c8a5eea1bb32cb0a284f9b7b39', '0906e89026926340b548d82754e9b8827243da2b86fc4a9c7c25420538cc2c73');
INSERT INTO a_kept_history.entry VALUES (36, 'everything', 30, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02022b6f36e3e0962","by":"ann","via":"python"}', NULL, '', 'b0b9dcee64d983249500901da77688ceaf06292e7ac29ee1eca98db397ee704c');
INSERT INTO a_kept_history.entry VALUES (37, 'succeeded', 1, 1767604260000000, 'run.started', '', '{"workflow":"everything","version":"1","takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":8,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"0.50"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"due":null},"set":["lines","number"]}}', '14736779cbafb04b5ccfeb482d8a2058a6325aecc36832c995d868c10cc893b5', '9d7d6b010b6ef381e3f846d7edcf9f039f82d9ca056d9d06fee88ef21064e02f');
INSERT INTO a_kept_history.entry VALUES (38, 'succeeded', 2, 1767604260000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]}}}', '57ba229209c20dbe081c23da0fc0a6096d8c91ca08ff44cdf16dd366bb70f20c', 'ac9b5235dd1e94ab3e65907219971517d11694cfa7d216efd773a3e4a36ead4d');
INSERT INTO a_kept_history.entry VALUES (39, 'succeeded', 3, 1767604260000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', 'bdbe3a14493f6530aa9516399f26c35ac83cb387d2581559021a3194be9e88c4', '42966389e435773fee2ff2cb79aba3cf88e887077dadd454a8390483210f7518');
INSERT INTO a_kept_history.entry VALUES (40, 'succeeded', 4, 1767604260000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"1a8a5896b0fff1ce","returns":"Decimal"}', NULL, '', 'cf686faf2d624e0e4d7e58c482466c7a9646172cd7576c39bf6d2dddccaf9b3f');
INSERT INTO a_kept_history.entry VALUES (41, 'succeeded', 5, 1767604260000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"0.50"}}', '25ceadbc9a56fd4b8df46bdcb2a4150136eb9e8f1d1fd31c83c7c10ef9094ac1', '9a4aeff750d640b80362c8f1c9482a959bb1aa69a5f006e7136be397e19a17b1');
INSERT INTO a_kept_history.entry VALUES (42, 'succeeded', 6, 1767604260000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"67dcf232860f5575","returns":"dict[Any, Any]"}', NULL, '', '1ef794f598c9745a9e601671d7963a0e4a91e71b6330abdf8556e289b32b4eb6');
INSERT INTO a_kept_history.entry VALUES (43, 'succeeded', 7, 1767604260000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":1,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', 'fbe3386af613825d56f23ed5dccb6e7c5f2a49b8e8541106b01e02d87f10041e', '165744d9e6e57d2f25e795ff4338dd3bf5d118da940e9d836ef9ad9ec0556941');
INSERT INTO a_kept_history.entry VALUES (44, 'succeeded', 8, 1767604260000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', 'c3a5762622b7d29c82f61e53461f9afa9163609fed14dea11875f3d3cc3c795b');
INSERT INTO a_kept_history.entry VALUES (45, 'succeeded', 9, 1767604260000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', 'f8f1071ecd491b1a6a3c3d1d099ba7bf61d7356071dcb6815b5f525ffaaa28cd', 'dba1b6812cc68b76dbfe7f972e859dabc70df3ff5acbd4754bdf491f3f186474');
INSERT INTO a_kept_history.entry VALUES (46, 'succeeded', 10, 1767604260000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"0.50"}}}', 'd2f7a8c1ac20003dc5de1b9ccb3a1b264bc53710fd84c3f466fd0abbb2e9dcbd', 'b96fd76dbd77beb8aefbe479f1c2c150800dc1d98a6ddbe751fa6e609aa0f9e1');
INSERT INTO a_kept_history.entry VALUES (47, 'succeeded', 11, 1767604260000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0}}', '0d7ef9ec546635a51cc4f5bfd8102af560758aae2ce966bb1329c948a9f080f8', '16e087e587b75dd9e49bd205df1039da3a190fbf99f6a71c81fbeaa9d2ec1d54');
INSERT INTO a_kept_history.entry VALUES (48, 'succeeded', 12, 1767604260000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"4b5ae94e-7319-4ea5-911d-d2363b2af91b"}}', '90ba6c98a34004973bd0ae93b57f68d8e0829330034456c12cad66646a8fb928', '07623d0b42fac842b7b829beac537c8d6bdb77d0eecc87257272394983eafa6f');
INSERT INTO a_kept_history.entry VALUES (49, 'succeeded', 13, 1767604260000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.38515094146642537}', '63616eba3e46adbf2a31b1c10d32b83383d3218ac53da62b171626449cb1ef71', '3713e69039ef6d9c0b845f713ec6d9c6c4aaefad7d38a0ba49067fefa0289f59');
INSERT INTO a_kept_history.entry VALUES (50, 'succeeded', 14, 1767604260000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604860000000}', NULL, '', '514d70c9576b20658048f7b941bcaa19ff111a6c0529ae51c10c21d5db788f1e');
INSERT INTO a_kept_history.entry VALUES (51, 'succeeded', 15, 1767604260000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', '75533e0fee519e4fa4d151da6cab309ea66d76ddbc8683edb3de549679e91a5f');
INSERT INTO a_kept_history.entry VALUES (52, 'succeeded', 16, 1767604860000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', 'eedf420c0bb8ae1ee45d9a3cbde7d6d00fcbaa78200336c2179ec35384221696');
INSERT INTO a_kept_history.entry VALUES (53, 'succeeded.asks', 1, 1767604860000000, 'run.started', '', '{"workflow":"asks","version":"1","root":"succeeded","parent":"succeeded","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":8}}', '07d8cd2fca3237fdd4c623229601595efdfb9db049be33d0067c4fd8072e999c', '4f620775372af80b01dbf5b3cfa23cb5edc6735df6ec7ad3fffedec97ea56623');
INSERT INTO a_kept_history.entry VALUES (54, 'succeeded', 17, 1767604860000000, 'child.started', 'asks', '{"key":"asks","child":"succeeded.asks","digest":"987af957beb2a718"}', NULL, '', 'fba4aded0152460bb4d8d5548959d000c2242a288754d3bcd56ee5662e6c5278');
INSERT INTO a_kept_history.entry VALUES (55, 'succeeded.asks', 2, 1767604860000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d75b46019236a2738a5e13e","name":"child task","asks":"approve","digest":"906c1a42acc41392f787cbfbd14b7066","path":["asks"]}', '{"title":"child task for asks","value":{"of":8},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', '96514c419645c6fdba9929332c2bff978daf409b4a7fa5605ab116e1f5f5d527', '3c271751a892845046a68b12f5436adeb7b2ea6e000e351c3495b856ab05960a');
INSERT INTO a_kept_history.entry VALUES (56, 'succeeded.asks', 3, 1767604860000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', 'b882fd3f27cbddaa41ac7722cbcf2dd68e89c4c228f4cb1843937243f3f32e17');
INSERT INTO a_kept_history.entry VALUES (57, 'succeeded', 18, 1767604860000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', '8e41909050432cd8af5e1640083328c844a392bd049e801c89b1249755efa199');
INSERT INTO a_kept_history.entry VALUES (58, 'succeeded.asks', 4, 1767604860000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d75b46019236a2738a5e13e","by":"bob","via":"python","outcome":"rejected"}', '{"reason":"no"}', 'a248472c7dd4bebdacaf5c27ad92f172c0dbd012277b55b25fe7d58a8375abc9', '3f3566c1dc32d1a72d58132fd09959721a0780047918b8d918dba069ae57756f');
INSERT INTO a_kept_history.entry VALUES (59, 'succeeded.asks', 5, 1767604860000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d75b46019236a2738a5e13e","outcome":"rejected","by":"bob","via":"python"}', '{"reason":"no"}', 'a248472c7dd4bebdacaf5c27ad92f172c0dbd012277b55b25fe7d58a8375abc9', '1ea3f209391946fdf325fa1ef9d73595bd9f0471b5fc2720c4ddbdc2252e82a7');
INSERT INTO a_kept_history.entry VALUES (60, 'succeeded.asks', 6, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"rejected by bob"}', 'bb6472f454692e2fb0f71001c0c2bfd24bdc7fb40646f5b2f9dd3266095f8a73', '51318829608df6ed1e185c5b2981c91944c2a9624a91acb2508663ebc7762057');
INSERT INTO a_kept_history.entry VALUES (61, 'succeeded', 19, 1767604860000000, 'child.finished', 'asks', '{"key":"asks","child":"succeeded.asks","status":"succeeded"}', '{"output":"rejected by bob"}', 'e3d645664e388e34af3063706e7f92834f5ac9d380d0bc5e9f90ebc933fc2410', '02188fe3afb85b3fbde3c62a00279f9e58285611a0d7eeb65eaa0afe08a71afd');
INSERT INTO a_kept_history.entry VALUES (62, 'succeeded', 20, 1767604860000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d75b460281d598dfb93634f","name":"refund","asks":"approve","digest":"0436f091d724d3eca52314526df8f1d8","to":["ann","group:finance"],"labels":{"team":"a"},"priority":2,"due":1770196860000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"4b5ae94e-7319-4ea5-911d-d2363b2af91b"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', 'c1c3776a21427a8a290003eed5fa83cec6ab4d54b35b213f0e6d89503afa463b', '08545e0105c6c3aa205e01b434de45271d59298c7877633572af312b3c719e23');
INSERT INTO a_kept_history.entry VALUES (63, 'succeeded', 21, 1767604860000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', 'd1faf35976745938d86ff4a47cd6db8a6359fde24c311f08347083f5bb7ca43a');
INSERT INTO a_kept_history.entry VALUES (64, 'succeeded', 22, 1767604860000000, 'task.answered', 'refund', '{"key":"refund","task":"task_019b8d75b460281d598dfb93634f","by":"ann","via":"python","outcome":"approved"}', NULL, '', '4099f6404796e0d2f45b66406d9d501ec748adfab046b9eb1a0438f98bf52812');
INSERT INTO a_kept_history.entry VALUES (65, 'succeeded', 23, 1767604860000000, 'task.closed', 'refund', '{"key":"refund","task":"task_019b8d75b460281d598dfb93634f","outcome":"approved","by":"ann","via":"python"}', NULL, '', '0fa05a1377d1b9447560e41082da7b504d3f42aac9ee0bf4a7e311e8603aee29');
INSERT INTO a_kept_history.entry VALUES (66, 'succeeded', 24, 1767604860000000, 'task.opened', 'color', '{"key":"color","task":"task_019b8d75b460270a433627f70dbe","name":"color","asks":"choose","digest":"d9a8f11369218eb994b1514226fe9ef9","on_timeout":"raise","many":true}', '{"title":"color for everything","form":{"type":"array","items":{"enum":["red","blue"]},"uniqueItems":true},"options":["red","blue"]}', '0367d9d7e4d9816fe339cb5faf34e9b8f53ced61e69da7de82205e7e04c8debd', '232088da697f8d933a045390c64065753b4aa3bccefc93f3105c2f2d2bd04845');
INSERT INTO a_kept_history.entry VALUES (67, 'succeeded', 25, 1767604860000000, 'run.waiting', '', '{"on":["color"]}', NULL, '', '065ec39a26206976ecc64aefb98139510f35fb62af47793d8936514aa4d2c5a0');
INSERT INTO a_kept_history.entry VALUES (68, 'succeeded', 26, 1767604860000000, 'task.answered', 'color', '{"key":"color","task":"task_019b8d75b460270a433627f70dbe","by":"ann","via":"python","outcome":"answered"}', '{"value":["blue"]}', '7c4c288a211671b8e3c18764a7b2bd422b14ea82c88ac96a5858a4af4b1ba3c7', '820a76de3fe9ac67d296229daa47ed1bf4873843d1f8e215346c935ab2c3b7fa');
INSERT INTO a_kept_history.entry VALUES (69, 'succeeded', 27, 1767604860000000, 'task.closed', 'color', '{"key":"color","task":"task_019b8d75b460270a433627f70dbe","outcome":"answered","by":"ann","via":"python"}', NULL, '', '33aa0d967141c1681224799c4f4accb2c60ada6ea831c67a2138135b37184b60');
INSERT INTO a_kept_history.entry VALUES (70, 'succeeded', 28, 1767604860000000, 'task.opened', 'words', '{"key":"words","task":"task_019b8d75b460da4194f0c1956f35","name":"words","asks":"ask","digest":"e17b82cb93f3f3849454f742ee47f81d","on_timeout":"raise"}', '{"title":"words for everything","value":{"amount":1},"form":{"type":"object","properties":{"amount":{"type":"number","title":"amount"},"note":{"type":"string","title":"note"}},"required":["amount","note"],"additionalProperties":false}}', '9a8f82d2f192351074eaf22ae909f66d69073c73782043601f350393addaf912', '67bab0c7001f50e732d91a80152daf3fd7f89fe78a1cd01ee1a0db69a822a542');
INSERT INTO a_kept_history.entry VALUES (71, 'succeeded', 29, 1767604860000000, 'run.waiting', '', '{"on":["words"]}', NULL, '', 'a0607bae226bbe3fee9e44f90abc384b8d94335746ef1c9834cdac6dcd7655ae');
INSERT INTO a_kept_history.entry VALUES (72, 'succeeded', 30, 1767604860000000, 'task.answered', 'words', '{"key":"words","task":"task_019b8d75b460da4194f0c1956f35","by":"ann","via":"python","outcome":"answered"}', '{"value":{"amount":2.5,"note":"ü"}}', 'c87019a18c630797ede94a5015cf36ec226123ddec304cc98b6ee4925e0edf78', 'e5e81e6b93e9e7d96600634ff7626e67936fe0651dfee40ca191b7aef8b77882');
INSERT INTO a_kept_history.entry VALUES (73, 'succeeded', 31, 1767604860000000, 'task.closed', 'words', '{"key":"words","task":"task_019b8d75b460da4194f0c1956f35","outcome":"answered","by":"ann","via":"python"}', NULL, '', 'a7c3f305981b1c32a58e3a7e0c5846155cdcea637b3e3e4ccbf467910a0f33ec');
INSERT INTO a_kept_history.entry VALUES (99, 'agreed', 9, 1767604860000000, 'task.closed', 'agree', '{"key":"agree","task":"task_019b8d75b460935b922b08b66a18","outcome":"edited","by":"cleo","via":"python"}', NULL, '', '371b78b4a172ff9527f2297cda3aef097950e0a5393871d8170074a2a5928ab7');
INSERT INTO a_kept_history.entry VALUES (74, 'succeeded', 32, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":{"$":"tuple","v":[{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"4b5ae94e-7319-4ea5-911d-d2363b2af91b"}}},[{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]},"rejected by bob",["blue"],{"amount":2.5,"note":"ü"},{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"noted":[1]}]]}}', '64bc5fa5f7a0a1907483eae29f11a09c30f0ef20d6603f4303561b8b3c946689', 'ceaf577dda5d23080341129b1b114a9627f03bfaa414705ba0199b6d7ec5dbd3');
INSERT INTO a_kept_history.entry VALUES (75, 'races', 1, 1767604860000000, 'run.started', '', '{"workflow":"races","version":"1"}', NULL, '', 'c4508004b562f1b98b28d3ef0a9fff528bf3435d93057e1c9b30a5afb66d93ba');
INSERT INTO a_kept_history.entry VALUES (76, 'races', 2, 1767604860000000, 'timer.set', '1/sleep', '{"key":"1/sleep","due":1767608460000000}', NULL, '', 'fc9c953da4c7eb9f01055cf1ee4dc1e10f9d508f74e8adde7d9ea32c568dfb8e');
INSERT INTO a_kept_history.entry VALUES (77, 'races', 3, 1767604860000000, 'task.opened', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b46027e78d47d50c2ff0","name":"never answered","asks":"approve","digest":"dcea8fbac52e0d1d669c4990dc71fb3a","due":1767612060000000}', '{"title":"never answered for races"}', '0b701f8b37b3b826f7beeca1e9e8645e049075f3351765b4a1b1fe3057c0f721', '31b9da6b175ddd373774d93065215ff812a310dee605f35310cb3e50df011a15');
INSERT INTO a_kept_history.entry VALUES (78, 'races', 4, 1767604860000000, 'task.opened', '3/quick', '{"key":"3/quick","task":"task_019b8d75b460abd546a832be00e0","name":"quick","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"quick for races"}', '98fee9692c1554e4aaddc3e1d1a06cd4b1011559f3361abe50cbedcc3f389b97', '4834d08f76824d3f82f936ac537c5cfc9e5c590cbc831721829fc63be6be9340');
INSERT INTO a_kept_history.entry VALUES (79, 'races', 5, 1767604860000000, 'run.waiting', '', '{"on":["1/sleep","2/never answered","3/quick"]}', NULL, '', '0de6f72b28c02261b3185a4a68f63ee0ac2f361ce8f0fc93fb0e7697d4acef6c');
INSERT INTO a_kept_history.entry VALUES (80, 'races', 6, 1767604860000000, 'task.answered', '3/quick', '{"key":"3/quick","task":"task_019b8d75b460abd546a832be00e0","by":"ann","via":"python","outcome":"approved"}', NULL, '', '03892cc8795d45626092ad6d49a1041a21a48741ff5800bf1acbd3e9f837a11f');
INSERT INTO a_kept_history.entry VALUES (81, 'races', 7, 1767604860000000, 'task.closed', '3/quick', '{"key":"3/quick","task":"task_019b8d75b460abd546a832be00e0","outcome":"approved","by":"ann","via":"python"}', NULL, '', 'a08ce9e687fa4523293f63ccc668b60b8850a16b904aac7e0fb3ec078ac3c14f');
INSERT INTO a_kept_history.entry VALUES (82, 'races', 8, 1767604860000000, 'value.recorded', 'first', '{"key":"first"}', '{"value":2}', '7b065cb497c0830384084eec991691d5a24a80ec3772ab7b4181302dacf098ee', 'd37e396babc3cd0dfbfaffc398995728619485609166414f2fff2bc50f990a21');
INSERT INTO a_kept_history.entry VALUES (83, 'races', 9, 1767604860000000, 'timer.withdrawn', '1/sleep', '{"key":"1/sleep"}', NULL, '', '1a4358d033b08b965ba4fe7d3112e71c767f1ad7173c70e2c4d43e18b5e30504');
INSERT INTO a_kept_history.entry VALUES (84, 'races', 10, 1767604860000000, 'task.closed', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b46027e78d47d50c2ff0","outcome":"cancelled","via":"workflow","withdrawn":true}', NULL, '', 'acde2a9b0b3cc2b341bb0825ed4114b2458f0502f259313979b4eb0ed8307309');
INSERT INTO a_kept_history.entry VALUES (85, 'races', 11, 1767604860000000, 'step.started', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '822b46a9b81ffdaf27b87360e64fe8b27066090f33c44890c4cfba7df7b360c6');
INSERT INTO a_kept_history.entry VALUES (86, 'races', 12, 1767604860000000, 'step.started', '5/again', '{"key":"5/again","name":"again","attempt":1,"digest":"","returns":"str"}', NULL, '', 'ac9e27173ab4d22205a681fe93b343d6c5d31d380cb86087154a52776a457b83');
INSERT INTO a_kept_history.entry VALUES (87, 'races', 13, 1767604860000000, 'step.finished', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"took":0}', '{"result":"shipped"}', 'a50645e21e1360b3a88e2c7e605671a84dfc47be3306301aa8d93f4315226945', '1f407e3f43e3c269a03169e8204a83c15847abece2bc70889b5aaa65ced5c196');
INSERT INTO a_kept_history.entry VALUES (88, 'races', 14, 1767604860000000, 'step.finished', '5/again', '{"key":"5/again","name":"again","attempt":1,"took":0}', '{"result":"shipped"}', 'a50645e21e1360b3a88e2c7e605671a84dfc47be3306301aa8d93f4315226945', '1ccaacfd1a6aabe7be484f5f16e0d5e21cbe5cf1d6f42d9689175bf3df000bba');
INSERT INTO a_kept_history.entry VALUES (89, 'races', 15, 1767604860000000, 'task.opened', 'last', '{"key":"last","task":"task_019b8d75b4609ba7da7ed4e2e710","name":"last","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"last for races"}', 'f7c2008c4cff4eb99a2cd7d922b2aa54f72d8c065e633a8fcbf5e46de0211b91', '83aa5bf2cdc8154097c2bb59bbd0f71c73607c76ebcc2ea7354a17c7e22dfe0a');
INSERT INTO a_kept_history.entry VALUES (90, 'races', 16, 1767604860000000, 'run.waiting', '', '{"on":["last"]}', NULL, '', '0eb8c6cba26375f2b0df8670bd81abc51d9945dab5f74210d3f63b12c3baab5b');
INSERT INTO a_kept_history.entry VALUES (91, 'agreed', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":20}}', '336297265c140274a3792b17dcfcf93f2457676a255497597b78c13ac0449c3c', 'fd37f715b25c0e02c213d1203989770938d8d4b06934a81b2140a82ba251735e');
INSERT INTO a_kept_history.entry VALUES (92, 'agreed', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b460935b922b08b66a18","name":"agree","asks":"approve","digest":"1727bc9e96ccf0d03a78cfb89e855f91","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":20},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '7364ecf07a84e4c6ca71dae588cb8d1e7bf35e35ea2c2517a2bd168cd5fa0d8e', 'f2213796dd319b5aad8d55366419bb211519df7aef603cb5fd825ad79d1b6db7');
INSERT INTO a_kept_history.entry VALUES (93, 'agreed', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '4dc52ba9e44df69ee209894bfde13973ee9f1312cbf3d057a473f1d557a7e00d');
INSERT INTO a_kept_history.entry VALUES (94, 'agreed', 4, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460935b922b08b66a18","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'ce17e4990018382757df1ae045bc846af74bb2b8cda0dbe877b63f634ac85011');
INSERT INTO a_kept_history.entry VALUES (95, 'agreed', 5, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460935b922b08b66a18","by":"bob","via":"python","outcome":"edited"}', '{"value":{"amount":30}}', '3ebb588158460a7edb1125b6a8cedea896574f7345a415a60ee72e7de390dfc6', '5e8d718f15684a21d5845ecce78dd510ddc2e42795100c2435ee6b69df174f12');
INSERT INTO a_kept_history.entry VALUES (96, 'agreed', 6, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460935b922b08b66a18","by":"eve","via":"python","outcome":"approved"}', NULL, '', '17fcecd12ea0ba61a6efdbc342df0f99dd489059fd2582686823678975d94c6e');
INSERT INTO a_kept_history.entry VALUES (97, 'agreed', 7, 1767604860000000, 'task.assigned', 'agree', '{"key":"agree","task":"task_019b8d75b460935b922b08b66a18","to":["role:ceo"],"was":["ann","bob","eve"],"because":"stage","stage":1}', NULL, '', '9ec4c65444d2d62ab24d3aab92f495d830ecbd6e35e377b56cfab5e92d679f40');
INSERT INTO a_kept_history.entry VALUES (98, 'agreed', 8, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460935b922b08b66a18","by":"cleo","via":"python","outcome":"approved","stage":1}', NULL, '', '74e83af166aae6b3e0137dacd5dbd1f51a09b9701308971906cc77cc2df545fb');
INSERT INTO a_kept_history.entry VALUES (100, 'agreed', 10, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"edited {''amount'': 30}"}', 'c9f576f8db8ee2a36d604bfb2095efa7a2f673d45124124021cb2daa7d1162ea', '32e7053e29fce59ed85dcda64c2bf5860e21b2c00ad20a5dd5d44c532b490e93');
INSERT INTO a_kept_history.entry VALUES (101, 'taken-back', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":2}}', 'f464d68334897882ed5a4e6264a10e0d6523ec7ab9820727978146b04bf0dc97', '267a82a965c00d170be3daec66960fbb141386d647df0c42882c823c992d084b');
INSERT INTO a_kept_history.entry VALUES (102, 'taken-back', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b460f81662236d5a429b","name":"agree","asks":"approve","digest":"21c4b4b6257d6f4d39a31c83e7397eab","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":2},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '33a0a73023d0b2f5d8e6efec35ddc64b32d9d3fb972939bf600cd251af221c8b', '87440aef55283bc341ab290504793dbdacd7d2f1dbfae01683fab939c0270a3b');
INSERT INTO a_kept_history.entry VALUES (103, 'taken-back', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '0b2f558b2c46bd925f40d4defe8cf955447d3c55626607bbd24e0016ccb8a54c');
INSERT INTO a_kept_history.entry VALUES (104, 'taken-back', 4, 1767604860000000, 'run.paused', '', '{"mark":"10dbd2a2c1879a3a"}', NULL, '', '36b3051d62babdaa3e1b34bf3c550133d5392ab072ff1c4e7bf0118b943cd228');
INSERT INTO a_kept_history.entry VALUES (105, 'taken-back', 5, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460f81662236d5a429b","by":"leo","via":"python","outcome":"rejected","vetoes":true}', '{"reason":"no"}', 'eb8b09808212b8040f4944527b600cf2e6d42582264df74774e12449377160a3', '5c72943ec5c2abe8d2471e70947d6b609c131d24fcb1ff12debf3c850ed87c1c');
INSERT INTO a_kept_history.entry VALUES (106, 'taken-back', 6, 1767604860000000, 'task.closed', 'agree', '{"key":"agree","task":"task_019b8d75b460f81662236d5a429b","outcome":"rejected","by":"leo","via":"python"}', '{"reason":"no"}', 'eb8b09808212b8040f4944527b600cf2e6d42582264df74774e12449377160a3', '0e3d5239387d2064112626928a91ab86135d708a31fcf1e1e03c0c8edf4ad548');
INSERT INTO a_kept_history.entry VALUES (107, 'taken-back', 7, 1767604860000000, 'task.reopened', 'agree', '{"key":"agree","task":"task_019b8d75b460f81662236d5a429b","by":"leo","via":"python","due":1768296060000000}', '{"reason":"on second thoughts"}', '9699d10c03b196e31e2d2a4cb53cc81a6d155de54a8e43a2cfe2b4b2091a732b', '419e8ab5653d926c450704278271e0882038b39c02e2ca3b801bb16c20ca8422');
INSERT INTO a_kept_history.entry VALUES (108, 'handed-on', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":3}}', '28bbb643f502d39926ade4f95b0bce0c4e09693d974c098bc2dc005c96fb87dc', 'b168cd9a92f102683bf8032f852f2ab351fd5958e75198033a1a41fad04480dc');
INSERT INTO a_kept_history.entry VALUES (109, 'handed-on', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b460fa6f20381afdcf19","name":"agree","asks":"approve","digest":"9233db611625a8a628443511ecdacdde","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":3},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '9cd8f77e94ed74cc29bb16ef0ed24cd348fe1251b52acb37e68b8346d3e55639', '5618cb0d6f9aaa4621eb62d59111378c8c574c21abd6b4e069135d93c45a5dca');
INSERT INTO a_kept_history.entry VALUES (110, 'handed-on', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '4ec166976e5c02447b5504d8abafd962241ea93542c128ee8e5598342cea6331');
INSERT INTO a_kept_history.entry VALUES (111, 'handed-on', 4, 1767608460000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460fa6f20381afdcf19","to":["ann","bob","eve"],"count":1,"next":1767781260000000}', NULL, '', 'f71028f9c10e428041ccfb932d9b6c45bc86644c6e282c56805cc578de88e076');
INSERT INTO a_kept_history.entry VALUES (112, 'handed-on', 5, 1767781260000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460fa6f20381afdcf19","to":["ann","bob","eve"],"count":2,"next":1767867660000000}', NULL, '', 'c19716f228f19b116d47250ff48e59bab10b4374f1e1f552ab00f4f9b0455fdb');
INSERT INTO a_kept_history.entry VALUES (113, 'handed-on', 6, 1767864060000000, 'task.escalated', 'agree', '{"key":"agree","task":"task_019b8d75b460fa6f20381afdcf19","to":["gus"],"was":["ann","bob","eve"],"left":{"after":28800000000,"to":["hal"],"then":"reject"},"next":1767950460000000}', NULL, '', '4bfcb4a18f4f06a26df71188a7e05630c37af0fa5ea700ee2fbbf65c4b5bc98b');
INSERT INTO a_kept_history.entry VALUES (114, 'asked-back', 1, 1767864060000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":4}}', 'a0418d638d22b1d6b39db621c398bc9d639623930d64d4daad951098ec387bd2', 'a13bd5ca48afcadb0912aefd6f30a706da5984ea9c853424017518a0261a2e2e');
INSERT INTO a_kept_history.entry VALUES (115, 'asked-back', 2, 1767864060000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b9ce8c860f4f04ba6bb047944","name":"agree","asks":"approve","digest":"20188f463ae2195ef19a43f385c62edd","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":4},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '068c9b048cb69798f84d7505ec0f784e4b65813e378c0cb3482388c759fb320e', '01401cfbec046706b197bcde84e50c4a47128f2ad2611cf1c7a6c78b6e512b45');
INSERT INTO a_kept_history.entry VALUES (116, 'asked-back', 3, 1767864060000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '37e3e49c2c4640d3b524680eca037cee43dbef86fa06728b32ccece0d1e18a79');
INSERT INTO a_kept_history.entry VALUES (117, 'asked-back', 4, 1767864060000000, 'task.delegated', 'agree', '{"key":"agree","task":"task_019b9ce8c860f4f04ba6bb047944","owner":"ann","to":"fay","by":"ann","via":"python"}', NULL, '', '6d56e13d4f6cecc24160ed0dac769d014b631819c263d3edc8b0a9ed919aa50b');
INSERT INTO a_kept_history.entry VALUES (118, 'asked-back', 5, 1767864060000000, 'task.attached', 'agree', '{"key":"agree","task":"task_019b9ce8c860f4f04ba6bb047944","by":"ann","via":"python"}', '{"name":"note","url":"https://example.com/note"}', '741f70be4be8ae2f15b17616842700978370ed94937ac3705bcd923a0f160076', '66e85e05bb8f3eb9a1eeaf15cd09fb8f6de1a34260f54f56fd4af3ca97d3590e');
INSERT INTO a_kept_history.entry VALUES (119, 'asked-back', 6, 1767864060000000, 'task.asked_back', 'agree', '{"key":"agree","task":"task_019b9ce8c860f4f04ba6bb047944","by":"fay","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}', '{"text":"Why?"}', 'f1ceade58bb2e94b642ea3d69b03bffdbb82b3ceb98290379f92505b5d892aa0', 'aabd0892ede65897f55a0a7022cbacf4a8087eb11dfdf8b873bc9ee932af34d0');
INSERT INTO a_kept_history.entry VALUES (120, 'asked-back', 7, 1767864060000000, 'task.replied', 'agree', '{"key":"agree","task":"task_019b9ce8c860f4f04ba6bb047944","by":"rob","via":"python","due":1768468860000000,"remind_at":1767867660000000,"escalate_at":1768209660000000}', '{"text":"Because."}', '573a155bb3544e73792bb204c3c4014ef828abf3a956b66adbc02f1ee213c075', '8c91d73c34f5fec4eb19fec9014424ef27d8a6f5e45c99108de6f413811601df');
INSERT INTO a_kept_history.entry VALUES (121, 'asked-back', 8, 1767864060000000, 'task.asked_back', 'agree', '{"key":"agree","task":"task_019b9ce8c860f4f04ba6bb047944","by":"ann","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}', '{"text":"Why now?"}', 'f535abeb59f65a15db067b7d9e59fe35873ae41a4378ddc49c708ce3f629f35b', '507f3af8bf652d11049fc64cad2ed791f30e3a136dd62f9f5287d1cc56d5437e');
INSERT INTO a_kept_history.entry VALUES (122, 'reassigned', 1, 1767864060000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":5}}', '0f67a8e846eb9b7b88b2d9372c3786a4190323be7194656da2c6e080813ebac7', '01daa227c74ee9865cb477b4e57a46a20e6e307e2227499a316ae2aaecb99c93');
INSERT INTO a_kept_history.entry VALUES (123, 'reassigned', 2, 1767864060000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b9ce8c860d3a8eca16100048a","name":"agree","asks":"approve","digest":"ebd5816a08733d5cce978e5b07f95234","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":5},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '8d862d8244320a1af6abd8518682c442cc77c5b3a39a11347670af6a604a7232', '4ffab7697291c0adf1ed0d02c17581c05c16009e5305be8d5164f971072ee7db');
INSERT INTO a_kept_history.entry VALUES (124, 'reassigned', 3, 1767864060000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '3a48311f2a6f401d9cf1423a655082992c12910b63d4b86a819df456979b24a3');
INSERT INTO a_kept_history.entry VALUES (125, 'reassigned', 4, 1767864060000000, 'task.assigned', 'agree', '{"key":"agree","task":"task_019b9ce8c860d3a8eca16100048a","to":["fay","group:finance"],"was":["ann","bob","eve"],"because":"reassigned","by":"ann","via":"python"}', '{"reason":"hers"}', '0dd1d2f18816459c123b2cc0ce3de4c9b4b61efbf4422095b7419d5c945078b6', '9215921674dbb2e8712eaeb320987261c4156b7a5b9b71fd3886727bf08b1de5');
INSERT INTO a_kept_history.entry VALUES (126, 'asleep', 1, 1767864060000000, 'run.started', '', '{"workflow":"sleeps","version":"1"}', NULL, '', '2fb5ae040137924a72a6dd19711d58d2bd3e7bf3db174797e55b984923367f35');
INSERT INTO a_kept_history.entry VALUES (127, 'asleep', 2, 1767864060000000, 'timer.set', 'sleep_until', '{"key":"sleep_until","due":1769904000000000}', NULL, '', '498343a9a97b0e882dc6c8ba76715e5ede7ba02164d677df08d360e36db99d83');
INSERT INTO a_kept_history.entry VALUES (128, 'asleep', 3, 1767864060000000, 'run.waiting', '', '{"on":["sleep_until"]}', NULL, '', 'e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8');
INSERT INTO a_kept_history.entry VALUES (129, 'timed-out', 1, 1767864060000000, 'run.started', '', '{"workflow":"times_out","version":"1","timeout":3600.0}', NULL, '', '6931564e5257d04a962e5ef4693a809dc84679fc1bd6b3e48e1cc56cd0c2a499');
INSERT INTO a_kept_history.entry VALUES (130, 'timed-out', 2, 1767864060000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767950460000000}', NULL, '', '2a101fb904cb2cf6717c6dc10b4e326982c425c2fa25e9221e3002bd2dc3fd17');
INSERT INTO a_kept_history.entry VALUES (131, 'timed-out', 3, 1767864060000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', '23da9d524d534f342200b7a20c613e116cc6263293b9f65f7f787275a5f861aa');
INSERT INTO a_kept_history.entry VALUES (132, 'timed-out', 4, 1767867660000000, 'run.finished', '', '{"status":"timed_out"}', '{"error":{"type":"timed_out","message":"The run took longer than its timeout of 1:00:00."}}', '51613e8db90b696a3f5ae0ae93b83f7a4d13e480ae6a314b38f0c210149b529b', '052b1b6bfeec252410979fe82b36a806c926267ce0070c3e388d8ebfa6540240');
INSERT INTO a_kept_history.entry VALUES (133, 'handed-on', 7, 1767867660000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460fa6f20381afdcf19","to":["gus"],"count":3,"next":1767954060000000}', NULL, '', 'dc809301fe057897b55c4d54be753f1e8d4a2f6dea180796707c63e091f380ab');
INSERT INTO a_kept_history.entry VALUES (134, 'reassigned', 5, 1767867660000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b9ce8c860d3a8eca16100048a","to":["fay","group:finance"],"count":1,"next":1767954060000000}', NULL, '', '712848eefc2c77503917d4ac0c782e9a9af09ccd56d711a7c27769393b71bfcf');
INSERT INTO a_kept_history.entry VALUES (135, 'failed', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', 'f88ce20283c47e6557089c2223bd30939fc9d0172fb594f2899454b4d21d8f2e');
INSERT INTO a_kept_history.entry VALUES (136, 'failed', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a560e2caefc426fee546","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '8d46096c51dff7f21b5997f6c3c216ce24942681b5a5bc2d850d0c063bfd8c98', '340062a9b0b7e6b700d50fe84c514f703d9a13603c9a41c74ff145600e393dc6');
INSERT INTO a_kept_history.entry VALUES (137, 'failed', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '562c8ad4cf8913e78def93d6d8495c3afaf1a45d73aa243a9c7a2e72cbe0aa7a');
INSERT INTO a_kept_history.entry VALUES (138, 'failed', 4, 1767871260000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b9d56a560e2caefc426fee546","by":"ann","via":"python","outcome":"approved"}', NULL, '', '16421146e970193c5345defff8584db207db52e73f91ba1abd40a3ee0a7f8675');
INSERT INTO a_kept_history.entry VALUES (139, 'failed', 5, 1767871260000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b9d56a560e2caefc426fee546","outcome":"approved","by":"ann","via":"python"}', NULL, '', 'c09555c17ab186a7247919968d2218d4266bdd8339a9cc5f98ba4f65f31f1b07');
INSERT INTO a_kept_history.entry VALUES (140, 'failed', 6, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', 'c92dca3e0dd67af6683d0e963343a46ae4ae02db01bb97250ba4bf18be496273');
INSERT INTO a_kept_history.entry VALUES (141, 'failed', 7, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', '0d35de437035ec986fe07b9ea089bc9eb6ad236591920ee86503593ba2e3540b', '445606f3b9f9ef19899974dae675168a8c5d7fe33dd0e5a99e71b9d1b7e92025');
INSERT INTO a_kept_history.entry VALUES (142, 'failed', 8, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', '3c99f0e9d3d2be5ef359ef5d9033ea0242de06229ce4dffeb5e44434048c7907', 'd552522472f8d4da89d669398b27a04e4cc8b3180e794978440d8a946ab70f9d');
INSERT INTO a_kept_history.entry VALUES (143, 'retried', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '3d6bcc9b1bd5a84d7a9c9424805434de9da86a17992d953c1feb9addd1bfe142');
INSERT INTO a_kept_history.entry VALUES (144, 'retried', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a560af54ae336775bf76","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '5c428ed9404d04a01ad19604bdf3f64c359c2d1563ea0f634cb06646dd4a0fc1', 'fbe2ccacae5fc61f08d9f2ebae4d13a9f1d6b4378ae2f78fc9d70859daef9a38');
INSERT INTO a_kept_history.entry VALUES (145, 'retried', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '9c3fecbb0fb899d637550d177b8e85c6fa027a04ab400bad25cf1df09da655d7');
INSERT INTO a_kept_history.entry VALUES (146, 'retried', 4, 1767871260000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b9d56a560af54ae336775bf76","by":"ann","via":"python","outcome":"approved"}', NULL, '', '9038b1b69017c93ac3495b2687488ba64d4f7af2e68d2d14a42a0ad5c7fdb367');
INSERT INTO a_kept_history.entry VALUES (147, 'retried', 5, 1767871260000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b9d56a560af54ae336775bf76","outcome":"approved","by":"ann","via":"python"}', NULL, '', '485341284e47bd795b1f9e7ef3b786b45936bbb2514f92219069cb4031228175');
INSERT INTO a_kept_history.entry VALUES (148, 'retried', 6, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '646a7ce51207492d6f01e7bd53470ceab38839cf6a6f8d4c591fde3771d66790');
INSERT INTO a_kept_history.entry VALUES (149, 'retried', 7, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', 'db6d5d28ef22a80cda0925bf01a3b65682725ab58191a1e2bf81005877b726d4', '885683c9c577c8dc260f80be2806594927f0173b6ca766940b7cbc294adfa43a');
INSERT INTO a_kept_history.entry VALUES (150, 'retried', 8, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', '5fe2779525c02666f04746fcd51113633743dc45231bce93a980aff9c727159b', 'ee981dd434faee9ed9028fcf9eb8d54eed70c988ca5a522cfcf8cf79543dfcd7');
INSERT INTO a_kept_history.entry VALUES (151, 'retried', 9, 1767871260000000, 'run.retried', '', '{"by":"ann"}', NULL, '', '4a90da6781c7fd6fcb263247f3ad91147f8362736c55cc406f376e279f40fe87');
INSERT INTO a_kept_history.entry VALUES (152, 'retried', 10, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '68b1f8f4f29cea18ab05ba79412a8e9735c7b1d58a9fba2d6455f46d9bc319f2');
INSERT INTO a_kept_history.entry VALUES (153, 'retried', 11, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', 'db6d5d28ef22a80cda0925bf01a3b65682725ab58191a1e2bf81005877b726d4', '69c155dab8bc9a21095b4b567e26d05e1c3d9e4adb8aedb55f49bc29bbbbd018');
INSERT INTO a_kept_history.entry VALUES (154, 'retried', 12, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', '5fe2779525c02666f04746fcd51113633743dc45231bce93a980aff9c727159b', '158f36fbd2d20fea0071f8cec3061a87eed57cfc015482993ea03e8db459b761');
INSERT INTO a_kept_history.entry VALUES (155, 'paused', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '93dd072d28aa774fb9fe04a72e344d0238a5ce60027de25e26705404e17a355b');
INSERT INTO a_kept_history.entry VALUES (156, 'paused', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a560df9579a7ccf1eed8","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', 'c2a7a1fa39d3f684f2326950957f367396b47aa00a18497d2ae3ef9ced4bbf26', '7f83456d6d0928c5eb6a593845532f86535487df8c7faa7c42d62c55407e5dad');
INSERT INTO a_kept_history.entry VALUES (157, 'paused', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', 'ca2926a2576daf62e647aa7237644534a4748b3d0eb00e2c4e117229535f7c11');
INSERT INTO a_kept_history.entry VALUES (158, 'paused', 4, 1767871260000000, 'run.paused', '', '{"by":"ann","mark":"8c9d6df290ef8b00"}', NULL, '', '77c22622b706bc9c5959c576c98ef835df47316e434539be8e5aefcff4ed4520');
INSERT INTO a_kept_history.entry VALUES (159, 'paused-once', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '58c73032e7104d3b865d63d083e98333c9f0ad225af5e9484b724850090cc6d3');
INSERT INTO a_kept_history.entry VALUES (160, 'paused-once', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a560c3bfc463a8e6b89d","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '5dfff481d4296c0256d894d1e50a8c0dc68aa7f6b2134379800afa403a2d3a94', '44144193cbc0d536ea7ef7799a2d769f9d6f2a51150bdeacc6f0251c23e41e1d');
INSERT INTO a_kept_history.entry VALUES (161, 'paused-once', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '860d34aa1429e6b1b3890f3bfaa3ec21c2480a115f9ade4bea1fc8414eb26709');
INSERT INTO a_kept_history.entry VALUES (162, 'paused-once', 4, 1767871260000000, 'run.paused', '', '{"by":"ann","mark":"0f4e3306ae863819"}', NULL, '', '5ce40f0e9a476f874e0ac2b9e906778dc6825a931e8d4c7c749c4f182b7fbd80');
INSERT INTO a_kept_history.entry VALUES (163, 'paused-once', 5, 1767871260000000, 'run.resumed', '', '{"by":"bob"}', NULL, '', '8fed1c1b9bb41743ef2b9aa7a5fef45aa129a4088c4560df60af2a35336de0a5');
INSERT INTO a_kept_history.entry VALUES (164, 'paused-once', 6, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '3fccf9e183aba182e94937e98ac5803634c0f59bbc925f45e8703723cb861b53');
INSERT INTO a_kept_history.entry VALUES (165, 'cancelled', 1, 1767871260000000, 'run.started', '', '{"workflow":"asks","version":"1","takes":"dict[str, int]"}', '{"input":{"of":1}}', '1ca034ccb21af2a8984ef3a07ae3224960eb795a9a2235ceaefb87a59efbcb69', '168ce70420536d731964c3faafe440cb3fc09654add0816956cf626a59fcae24');
INSERT INTO a_kept_history.entry VALUES (166, 'cancelled', 2, 1767871260000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b9d56a560b8f446374dd6e301","name":"child task","asks":"approve","digest":"89deff716ea462c2cd98a824b39f6f68"}', '{"title":"child task for asks","value":{"of":1},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', '41217d876dfb17793e3738ea316c408ce39c52027e30a59b0cd27ecf0850c60e', '88a41cb18ba5ebc9ec3f4ecb862dd5d2224b890d00d6633366fc35740eb5c387');
INSERT INTO a_kept_history.entry VALUES (167, 'cancelled', 3, 1767871260000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '208018d1f2ad7795ab0c0bdfcd175b9f684ba28b305bfe687cccd2efc18f7a48');
INSERT INTO a_kept_history.entry VALUES (168, 'cancelled', 4, 1767871260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b9d56a560b8f446374dd6e301","outcome":"cancelled","by":"ann","via":"run","withdrawn":true}', '{"reason":"The run ended: cancelled."}', 'f581676dbad5f9ec06b803b5ab9bfa2e5943f25378d30833e7fab2296b91d8b7', 'f5765b1da650068a0c8a10187c7fab7c364fc2699cda05bed29111129cf3bfc3');
INSERT INTO a_kept_history.entry VALUES (169, 'cancelled', 5, 1767871260000000, 'run.finished', '', '{"status":"cancelled","by":"ann"}', '{"error":{"type":"cancelled","message":"no longer wanted","by":"ann"}}', 'ee8ca000a36e67a7b33e6ea3402966db6047118484acaa13f22ed7fe3051c0b5', '0f65f6bcd85ae6c4327cde31249e7eb7fa6b2af950fe4c45abd63467c4d0499c');
INSERT INTO a_kept_history.entry VALUES (170, 'erased', 1, 1767871260000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","takes":"dict[str, int]"}', NULL, 'd6caefb64e80be3daa6b2fbf0869d8fabf4a3e371fefcc8e41b51f655ebf9c6b', 'c2c9e0e51903279e49b8de41ddb29d60e601ae296a3188ecec32f6d84d8a5d1f');
INSERT INTO a_kept_history.entry VALUES (172, 'erased', 3, 1767871260000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', 'd673ea8973b7397a365df1987cfcbb727e29b7788bbf9bdfb01f676731365925');
INSERT INTO a_kept_history.entry VALUES (171, 'erased', 2, 1767871260000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b9d56a5607538f0df76414002","name":"child task","asks":"approve","digest":"21373f747dada4cd2050afe8d0a0ec36","by":"ann"}', NULL, '48a644468b58c5c43ecfd4f5501d3164e212ee055b7f03a896380c3a31cbf633', '4e6db9684f44e3d0bc539ca360ce9ad49f5bfde8e4a98357c076a9ebaed55b96');
INSERT INTO a_kept_history.entry VALUES (173, 'erased', 4, 1767871260000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b9d56a5607538f0df76414002","by":"ann","via":"python","outcome":"rejected"}', NULL, '5fa1a618712ad71b1fe05b1ea03fea02fd3049ebb6b32ed9362163abe357d74b', 'de5d00418455ccae3a3a87dca930480654d0b5212c09ff6772035f4def97f1be');
INSERT INTO a_kept_history.entry VALUES (174, 'erased', 5, 1767871260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b9d56a5607538f0df76414002","outcome":"rejected","by":"ann","via":"python"}', NULL, '5fa1a618712ad71b1fe05b1ea03fea02fd3049ebb6b32ed9362163abe357d74b', 'bcbecd2705b5820255327df1d72573f3e60ed1fede8a6b4fe0620d6b432445f1');
INSERT INTO a_kept_history.entry VALUES (175, 'erased', 6, 1767871260000000, 'run.finished', '', '{"status":"succeeded"}', NULL, '355053a4e673e8f42477d235138bbe735464b8e481292db4d31a1ea4bf4938d4', 'f95823968542767fdcc9a983ccbeb27d8ac9d3ef6e40216fc0ecbecdc58a5b95');
INSERT INTO a_kept_history.entry VALUES (176, 'erased', 7, 1767871260000000, 'payloads.erased', '', '{"by":"ann"}', NULL, '', '72dc1334c4e476395ca4ffb8b7972f9944d5f5c688fbf6b898c58cfd189de2db');
INSERT INTO a_kept_history.entry VALUES (177, 'parked', 1, 1767871260000000, 'run.started', '', '{"workflow":"changes","version":"1"}', NULL, '', 'f91c49ae4e46fdbf95e928ff2ea19d4e029682182c7763e3e3c01da0eea88466');
INSERT INTO a_kept_history.entry VALUES (178, 'parked', 2, 1767871260000000, 'step.started', 'original', '{"key":"original","name":"original","attempt":1,"digest":""}', NULL, '', '6482d9e7f11525cdf1b2a19f85b1915121d63aa58073d582436a237afd5ec578');
INSERT INTO a_kept_history.entry VALUES (179, 'parked', 3, 1767871260000000, 'step.finished', 'original', '{"key":"original","name":"original","attempt":1,"took":0}', '{"result":1}', 'b8eb941456ebe2575de7c788e7f996f4745cd7427a2c9b1546a8858a783ec3ef', '190331504bdfb3c3d431220ebe91a043e2f45308aed6086580e407be3bf1d6ce');
INSERT INTO a_kept_history.entry VALUES (180, 'parked', 4, 1767871260000000, 'task.opened', 'go on', '{"key":"go on","task":"task_019b9d56a5600ee871c596ced0ce","name":"go on","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"go on for changes"}', '84067f25dec736e065c6f2575ce3b078d916635de12400ad4f145e5fd9a473f8', 'bee856f01c5c17e270441a5c63b302030c6e33ee5e2bf343f2e86d006f46dac9');
INSERT INTO a_kept_history.entry VALUES (181, 'parked', 5, 1767871260000000, 'run.waiting', '', '{"on":["go on"]}', NULL, '', 'd2083e5481f5204b75a09b188eb1c3c74d1217688b5a1ec37eaa599e3d5901d5');
INSERT INTO a_kept_history.entry VALUES (182, 'parked', 6, 1767871260000000, 'task.answered', 'go on', '{"key":"go on","task":"task_019b9d56a5600ee871c596ced0ce","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'f39721f11c65018ef5d3535cdd5b05338a56655e6b171f368f61d89663ae95ed');
INSERT INTO a_kept_history.entry VALUES (183, 'parked', 7, 1767871260000000, 'task.closed', 'go on', '{"key":"go on","task":"task_019b9d56a5600ee871c596ced0ce","outcome":"approved","by":"ann","via":"python"}', NULL, '', '07c131e9e9e7b00c81bcadbe703049e6b7bc707b33164dc41f86b758a922fe11');
INSERT INTO a_kept_history.entry VALUES (184, 'parked', 8, 1767871260000000, 'run.parked', '', '{"code":"journal_mismatch"}', '{"reason":"Run ''parked'' recorded the step ''original'' here, but the code now asks for the step ''renamed''. Restore the old order, or register the change as a new version."}', '3d2cb8ab8a9c2bf411d85baa76c04696564a9a55d31f4fecd0262ffbe06592d5', 'd560a2a0744ec02e90346aac54c7b0082f8fa1e06f4202b4c292798ed082afa1');
INSERT INTO a_kept_history.migration VALUES (1, '9d938ae32ee9ffad5e0b068aab6dcce1cd523e0ff62619228a0849dd8f8119dd', '2026-11-27 22:34:55.775329+00');
INSERT INTO a_kept_history.migration VALUES (2, '21b7445ed33bccb94f04d50e985c915bb6e8064a88157cfff19e5fb38c5878f4', '2026-11-27 22:34:55.775329+00');
INSERT INTO a_kept_history.migration VALUES (3, '8991612791d04e5aebd640ba9bc70d429058bd2a8a05e2bdd950608ed1e6edd1', '2026-11-27 22:34:55.775329+00');
INSERT INTO a_kept_history.migration VALUES (4, '4a4b657f03091d575bb7c195c5291198da736fbec6f2daafee18d2d27272c242', '2026-11-27 22:34:55.775329+00');
INSERT INTO a_kept_history.run VALUES ('taken-back', 'agrees', '1', 'paused', 7, '419e8ab5653d926c450704278271e0882038b39c02e2ca3b801bb16c20ca8422', 'rob', '{}', 'taken-back', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"0cb8c886b256d037","waiting_for":["agree"],"names":{"agree":1},"mark":"10dbd2a2c1879a3a"}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('everything.asks', 'asks', '1', 'succeeded', 6, 'bf81eae7b53770ade9d88197226a6bc8ff9b0e85e418b79f7d006ff2db2a9602', 'ann', '{}', 'everything', 'everything', 1767604201000000, 1767604260000000, 1767604260000000, '{"salt":"0d9de607a7c66898","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('succeeded.asks', 'asks', '1', 'succeeded', 6, '51318829608df6ed1e185c5b2981c91944c2a9624a91acb2508663ebc7762057', NULL, '{}', 'succeeded', 'succeeded', 1767604860000000, 1767604860000000, 1767604860000000, '{"salt":"cbbaaa22582694c7","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('succeeded', 'everything', '1', 'succeeded', 32, 'ceaf577dda5d23080341129b1b114a9627f03bfaa414705ba0199b6d7ec5dbd3', NULL, '{}', 'succeeded', NULL, 1767604260000000, 1767604860000000, 1767604860000000, '{"salt":"d3e75f397e94f8e3","names":{"refund":1,"color":1,"words":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('agreed', 'agrees', '1', 'succeeded', 10, '32e7053e29fce59ed85dcda64c2bf5860e21b2c00ad20a5dd5d44c532b490e93', 'rob', '{}', 'agreed', NULL, 1767604860000000, 1767604860000000, 1767604860000000, '{"salt":"d7689531cbe69701","names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('timed-out', 'times_out', '1', 'timed_out', 4, '052b1b6bfeec252410979fe82b36a806c926267ce0070c3e388d8ebfa6540240', NULL, '{}', 'timed-out', NULL, 1767864060000000, 1767867660000000, 1767867660000000, '{"salt":"8bad9c759cf5ffe5","timeout":3600.0,"spent":3600.0,"counts_waiting":false}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('parked', 'changes', '1', 'parked', 8, 'd560a2a0744ec02e90346aac54c7b0082f8fa1e06f4202b4c292798ed082afa1', NULL, '{}', 'parked', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"7d4fd94c52645334","waiting_for":["go on"],"names":{"go on":1},"parked":"journal_mismatch"}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('failed', 'ships', '1', 'failed', 8, 'd552522472f8d4da89d669398b27a04e4cc8b3180e794978440d8a946ab70f9d', NULL, '{}', 'failed', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"8cb720231e3bfd63","names":{"ship it":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('retried', 'ships', '1', 'failed', 12, '158f36fbd2d20fea0071f8cec3061a87eed57cfc015482993ea03e8db459b761', NULL, '{}', 'retried', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"55d519ab6ff9268f","names":{"ship it":1}}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('paused', 'ships', '1', 'paused', 4, '77c22622b706bc9c5959c576c98ef835df47316e434539be8e5aefcff4ed4520', NULL, '{}', 'paused', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"cc67f38ff5e56ddb","waiting_for":["ship it"],"names":{"ship it":1},"mark":"8c9d6df290ef8b00"}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('cancelled', 'asks', '1', 'cancelled', 5, '0f65f6bcd85ae6c4327cde31249e7eb7fa6b2af950fe4c45abd63467c4d0499c', NULL, '{}', 'cancelled', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"b3c20e9bad394bee","names":{"child task":0}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('erased', 'asks', '1', 'succeeded', 7, '72dc1334c4e476395ca4ffb8b7972f9944d5f5c688fbf6b898c58cfd189de2db', 'ann', '{}', 'erased', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"","names":{"child task":1},"signals":[{},[],{},[]]}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('handed-on', 'agrees', '1', 'waiting', 7, 'dc809301fe057897b55c4d54be753f1e8d4a2f6dea180796707c63e091f380ab', 'rob', '{}', 'handed-on', NULL, 1767604860000000, 1767867660000000, NULL, '{"salt":"fc4dd7705efa4097","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('everything', 'everything', '1', 'waiting', 30, 'b0b9dcee64d983249500901da77688ceaf06292e7ac29ee1eca98db397ee704c', 'ann', '{"team":"a"}', 'everything', NULL, 1767603600000000, 1767604260000000, NULL, '{"salt":"40c6467f09988bc7","waiting_for":["refund"],"names":{"refund":1}}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('races', 'races', '1', 'waiting', 16, '0eb8c6cba26375f2b0df8670bd81abc51d9945dab5f74210d3f63b12c3baab5b', NULL, '{}', 'races', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"50614cea00cb68dd","waiting_for":["last"],"names":{"never answered":1,"quick":1,"last":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('asked-back', 'agrees', '1', 'waiting', 8, '507f3af8bf652d11049fc64cad2ed791f30e3a136dd62f9f5287d1cc56d5437e', 'rob', '{}', 'asked-back', NULL, 1767864060000000, 1767864060000000, NULL, '{"salt":"2bc0c1b1d2d91182","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('reassigned', 'agrees', '1', 'waiting', 5, '712848eefc2c77503917d4ac0c782e9a9af09ccd56d711a7c27769393b71bfcf', 'rob', '{}', 'reassigned', NULL, 1767864060000000, 1767867660000000, NULL, '{"salt":"0a178c1028e25cab","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('asleep', 'sleeps', '1', 'waiting', 3, 'e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8', NULL, '{}', 'asleep', NULL, 1767864060000000, 1767864060000000, NULL, '{"salt":"7992a05b6df125c1","waiting_for":["sleep_until"]}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('paused-once', 'ships', '1', 'waiting', 6, '3fccf9e183aba182e94937e98ac5803634c0f59bbc925f45e8703723cb861b53', NULL, '{}', 'paused-once', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"823778b6ecb42afb","waiting_for":["ship it"],"names":{"ship it":1}}', NULL, 3);
INSERT INTO a_kept_history.task VALUES ('task_019b8d6ba6280325c674df7c9299', 'everything.asks', 'everything', 'asks', 2, 'child task', 'approve', 'closed', 'approved', 'child task for asks', '[]', 1767604201000000, NULL, 0, '{"answers":[[1767604260000000,"bob","approved","python",null,"why not"]],"closing":[1767604260000000,"approved","bob","python","why not",false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d6c8ca02022b6f36e3e0962', 'everything', 'everything', 'everything', 23, 'refund', 'approve', 'claimed', NULL, 'Refund the order?', '["ann","group:finance"]', 1767604260000000, 1770196260000000, 2, '{"owner":"ann","comments":[[1767604260000000,"bob","Is this right?"]]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b46019236a2738a5e13e', 'succeeded.asks', 'succeeded', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', 'child task for asks', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"bob","rejected","python",null,"no"]],"closing":[1767604860000000,"rejected","bob","python","no",false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460281d598dfb93634f', 'succeeded', 'succeeded', 'everything', 20, 'refund', 'approve', 'closed', 'approved', 'Refund the order?', '["ann","group:finance"]', 1767604860000000, 1770196860000000, 2, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460270a433627f70dbe', 'succeeded', 'succeeded', 'everything', 24, 'color', 'choose', 'closed', 'answered', 'color for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",["blue"],null]],"closing":[1767604860000000,"answered","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460da4194f0c1956f35', 'succeeded', 'succeeded', 'everything', 28, 'words', 'ask', 'closed', 'answered', 'words for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",{"amount":2.5,"note":"ü"},null]],"closing":[1767604860000000,"answered","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460abd546a832be00e0', 'races', 'races', 'races', 4, 'quick', 'approve', 'closed', 'approved', 'quick for races', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b46027e78d47d50c2ff0', 'races', 'races', 'races', 3, 'never answered', 'approve', 'closed', 'cancelled', 'never answered for races', '[]', 1767604860000000, 1767612060000000, 0, '{"closing":[1767604860000000,"cancelled",null,"workflow",null,true]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b4609ba7da7ed4e2e710', 'races', 'races', 'races', 15, 'last', 'approve', 'open', NULL, 'last for races', '[]', 1767604860000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460f81662236d5a429b', 'taken-back', 'taken-back', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["ann","bob","eve"]', 1767604860000000, 1768296060000000, 0, '{"answers":[[1767604860000000,"leo","rejected","python",null,"no",null,true,true]],"clocks":[1768296060000000,null,null]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460935b922b08b66a18', 'agreed', 'agreed', 'agrees', 2, 'agree', 'approve', 'closed', 'edited', 'agree for agrees', '["role:ceo"]', 1767604860000000, 1768296060000000, 0, '{"answers":[[1767604860000000,"ann","approved","python",null,null],[1767604860000000,"bob","edited","python",{"amount":30},null],[1767604860000000,"eve","approved","python",null,null],[1767604860000000,"cleo","approved","python",null,null]],"closing":[1767604860000000,"edited","cleo","python",null,false],"stage":1,"assigned":["role:ceo"],"since":3,"edit":[1]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9ce8c860f4f04ba6bb047944', 'asked-back', 'asked-back', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["ann","bob","eve","fay"]', 1767864060000000, NULL, 0, '{"comments":[[1767864060000000,"fay","Why?"],[1767864060000000,"rob","Because."]],"delegations":[["ann","fay"]],"attached":[["note","https://example.com/note","ann"]],"question":[1767864060000000,"ann","Why now?",144000000000,3600000000,57600000000],"clocks":[null,null,null]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560af54ae336775bf76', 'retried', 'retried', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460fa6f20381afdcf19', 'handed-on', 'handed-on', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["gus"]', 1767604860000000, 1768296060000000, 0, '{"assigned":["gus"],"clocks":[1768296060000000,1767954060000000,1767950460000000],"escalations":{"after":28800000000,"to":["hal"],"then":"reject"},"escalated":1,"reminded":3}');
INSERT INTO a_kept_history.task VALUES ('task_019b9ce8c860d3a8eca16100048a', 'reassigned', 'reassigned', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["fay","group:finance"]', 1767864060000000, 1768468860000000, 0, '{"assigned":["fay","group:finance"],"clocks":[1768468860000000,1767954060000000,1768209660000000],"reminded":1}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560e2caefc426fee546', 'failed', 'failed', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560df9579a7ccf1eed8', 'paused', 'paused', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560c3bfc463a8e6b89d', 'paused-once', 'paused-once', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560b8f446374dd6e301', 'cancelled', 'cancelled', 'asks', 2, 'child task', 'approve', 'closed', 'cancelled', 'child task for asks', '[]', 1767871260000000, NULL, 0, '{"closing":[1767871260000000,"cancelled","ann","run","The run ended: cancelled.",true]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a5607538f0df76414002', 'erased', 'erased', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', '', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","rejected","python",null,null]],"closing":[1767871260000000,"rejected","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a5600ee871c596ced0ce', 'parked', 'parked', 'changes', 4, 'go on', 'approve', 'closed', 'approved', 'go on for changes', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.timer VALUES ('everything', 'task:task_019b8d6c8ca02022b6f36e3e0962', 1770196260000000);
INSERT INTO a_kept_history.timer VALUES ('taken-back', 'task:task_019b8d75b460f81662236d5a429b', 1768296060000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'task:task_019b8d75b460fa6f20381afdcf19', 1768296060000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'escalate:task_019b8d75b460fa6f20381afdcf19', 1767950460000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'task:task_019b9ce8c860d3a8eca16100048a', 1768468860000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'escalate:task_019b9ce8c860d3a8eca16100048a', 1768209660000000);
INSERT INTO a_kept_history.timer VALUES ('asleep', 'sleep_until', 1769904000000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'remind:task_019b8d75b460fa6f20381afdcf19', 1767954060000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'remind:task_019b9ce8c860d3a8eca16100048a', 1767954060000000);
SELECT pg_catalog.setval('a_kept_history.place_arrived_seq', 1, false);
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
ALTER TABLE ONLY a_kept_history.place
    ADD CONSTRAINT place_pkey PRIMARY KEY (run);
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
CREATE INDEX place_first ON a_kept_history.place USING btree (queue, first) WHERE (first IS NOT NULL);
CREATE INDEX place_inside ON a_kept_history.place USING btree (queue) WHERE (standing = 'in'::text);
CREATE INDEX place_return ON a_kept_history.place USING btree (queue, arrived) WHERE ((standing = 'queued'::text) AND (first IS NOT NULL));
CREATE INDEX place_start ON a_kept_history.place USING btree (queue, arrived) WHERE ((standing = 'queued'::text) AND (first IS NULL));
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
