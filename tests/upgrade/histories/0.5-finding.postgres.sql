CREATE SCHEMA a_kept_history;
CREATE FUNCTION a_kept_history.commit_c22c157709bc(me bigint, lock bigint, channel text, wake text, run_id text[], run_workflow text[], run_version text[], run_status text[], run_number bigint[], run_head text[], run_by text[], run_labels text[], run_root text[], run_parent text[], run_created bigint[], run_updated bigint[], run_finished bigint[], run_state text[], run_expected bigint[], run_previous text[], run_fence bigint[], entry_run text[], entry_number bigint[], entry_at bigint[], entry_kind text[], entry_key text[], entry_body text[], entry_payload text[], entry_digest text[], entry_hash text[], task_id text[], task_run text[], task_root text[], task_workflow text[], task_number bigint[], task_name text[], task_kind text[], task_status text[], task_outcome text[], task_title text[], task_who text[], task_opened bigint[], task_due bigint[], task_priority bigint[], task_state text[], task_risk text[], task_labels text[], task_words text[], candidate_who text[], candidate_task text[], timer_run text[], timer_key text[], timer_due bigint[], waiter_run text[], waiter_key text[], waiter_event text[], waiter_since bigint[], waiter_due bigint[], waiter_done bigint[], place_run text[], place_queue text[], place_standing text[], place_first bigint[], place_parallelism bigint[], place_rate bigint[], place_since bigint[], erased text[]) RETURNS TABLE(first bigint, before bigint, run text, number bigint, head text, fenced boolean, no_room boolean)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
    #variable_conflict use_column
    declare
        start bigint;
        newest bigint;
        fit bigint;
        fits bigint;
        crowded text[];
        count bigint := coalesce(array_length(entry_run, 1), 0);
    begin
        -- One commit at a time, over all processes: entries become visible in the order of their seq.
        perform pg_advisory_xact_lock(lock);

        -- Compared and written in one go, as leases are claimed beside it; where one does not fit, all is undone.
        begin
            update "a_kept_history".run as there set status = r.status, number = r.number, head = r.head,
                    updated = r.updated, finished = r.finished, state = r.state,
                    owner = case when r.finished is null then there.owner end
                from unnest(run_id, run_status, run_number, run_head, run_updated, run_finished, run_state,
                    run_expected, run_previous, run_fence)
                    as r (id, status, number, head, updated, finished, state, expected, previous, fence)
                where there.id = r.id and r.expected > 0 and there.number = r.expected
                    and there.head = r.previous
                    and (r.fence is null or (there.owner = me and there.fence = r.fence));
            get diagnostics fit = row_count;
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
                where r.expected = 0
                on conflict (id) do nothing;
            get diagnostics fits = row_count;
            if fit + fits < array_length(run_id, 1) then
                raise exception using errcode = 'ASNOT';
            end if;
            if array_length(place_run, 1) > 0 then
                -- Those who are let in here count too, in their order; those who leave here have left.
                select array_agg(given.run) into crowded
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
                if crowded is not null then
                    raise exception using errcode = 'ASNOT';
                end if;
            end if;
        exception when sqlstate 'ASNOT' then
            if crowded is not null then
                return query select null::bigint, null::bigint, one, null::bigint, null::text, false, true
                    from unnest(crowded) as one;
                return;
            end if;
            return query
                select null::bigint, null::bigint, given.id, coalesce(r.number, 0), r.head,
                    given.fence is not null and r.id is not null
                        and (r.owner is distinct from me or r.fence <> given.fence),
                    false
                from unnest(run_id, run_expected, run_previous, run_fence)
                    as given (id, expected, previous, fence)
                left join "a_kept_history".run as r on r.id = given.id
                where coalesce(r.number, 0) <> given.expected or r.head <> given.previous
                    or (given.fence is not null and r.id is not null
                        and (r.owner is distinct from me or r.fence <> given.fence));
            return;
        end;

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

        if array_length(task_id, 1) > 0 then
            insert into "a_kept_history".task as there (id, run, root, workflow, number, name, kind, status, outcome, title,
                    who, opened, due, priority, state, risk, labels, words)
                select * from unnest(task_id, task_run, task_root, task_workflow, task_number, task_name,
                    task_kind, task_status, task_outcome, task_title, task_who, task_opened, task_due,
                    task_priority, task_state, task_risk, task_labels, task_words)
                on conflict (id) do update set status = excluded.status, outcome = excluded.outcome,
                    title = excluded.title, who = excluded.who, due = excluded.due, state = excluded.state,
                    words = excluded.words;
            delete from "a_kept_history".candidate as c
                using unnest(task_id, task_status) as t (id, status)
                where c.task = t.id and (t.status = 'closed' or not exists (
                    select from unnest(candidate_who, candidate_task) as given (who, task)
                    where given.task = t.id and given.who = c.who));
            insert into "a_kept_history".candidate as there (who, task, priority, opened, due, workflow, kind, risk, labels,
                    words)
                select given.who, given.task, t.priority, t.opened, t.due, t.workflow, t.kind, t.risk, t.labels,
                    t.words
                from unnest(candidate_who, candidate_task) as given (who, task)
                join unnest(task_id, task_status, task_priority, task_opened, task_due, task_workflow,
                        task_kind, task_risk, task_labels, task_words)
                    as t (id, status, priority, opened, due, workflow, kind, risk, labels, words)
                    on t.id = given.task
                where t.status <> 'closed'
                on conflict (who, task) do update set due = excluded.due
                    where there.due is distinct from excluded.due;
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
        return query
            select start, newest, null::text, null::bigint, null::text, null::boolean, null::boolean;
    end
    $$;
CREATE FUNCTION a_kept_history.find_candidate() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    begin
        select t.priority, t.opened, t.due, t.workflow, t.kind, t.risk, t.labels, t.words
            into new.priority, new.opened, new.due, new.workflow, new.kind, new.risk, new.labels, new.words
            from "a_kept_history".task as t where t.id = new.task;
        return new;
    end
    $$;
CREATE FUNCTION a_kept_history.find_task() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    begin
        select e.body::json ->> 'risk', coalesce(chr(30) || (
                select string_agg(translate(l.key, chr(30) || chr(31), '  ') || chr(31)
                    || translate(l.value, chr(30) || chr(31), '  '), chr(30))
                from json_each_text(e.body::json -> 'labels') as l) || chr(30), '')
            into new.risk, new.labels
            from "a_kept_history".entry as e where e.run = new.run and e.number = new.number;
        new.labels := coalesce(new.labels, '');
        new.words := lower(concat_ws(chr(10), new.title, new.name, new.run, new.workflow));
        return new;
    end
    $$;
SET default_tablespace = '';

SET default_table_access_method = heap;
CREATE TABLE a_kept_history.candidate (
    who text NOT NULL COLLATE pg_catalog."C",
    task text NOT NULL COLLATE pg_catalog."C",
    priority bigint,
    opened bigint,
    due bigint,
    workflow text COLLATE pg_catalog."C",
    kind text,
    risk text,
    labels text,
    words text
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
    state text NOT NULL,
    risk text,
    labels text,
    words text
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
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b8d6c8ca02d3c7f9f87d4fdfd', 2, 1767604260000000, 1770196260000000, 'everything', 'approve', NULL, 'teama', 'refund the order?
refund
everything
everything');
INSERT INTO a_kept_history.candidate VALUES ('group:finance', 'task_019b8d6c8ca02d3c7f9f87d4fdfd', 2, 1767604260000000, 1770196260000000, 'everything', 'approve', NULL, 'teama', 'refund the order?
refund
everything
everything');
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b8d75b460475da25ec24da081', 0, 1767604860000000, 1768296060000000, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
taken-back
agrees');
INSERT INTO a_kept_history.candidate VALUES ('bob', 'task_019b8d75b460475da25ec24da081', 0, 1767604860000000, 1768296060000000, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
taken-back
agrees');
INSERT INTO a_kept_history.candidate VALUES ('eve', 'task_019b8d75b460475da25ec24da081', 0, 1767604860000000, 1768296060000000, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
taken-back
agrees');
INSERT INTO a_kept_history.candidate VALUES ('gus', 'task_019b8d75b460e86485e81b3690e5', 0, 1767604860000000, 1768296060000000, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
handed-on
agrees');
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b9ce8c860329b9e7de37cc4a0', 0, 1767864060000000, NULL, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
asked-back
agrees');
INSERT INTO a_kept_history.candidate VALUES ('bob', 'task_019b9ce8c860329b9e7de37cc4a0', 0, 1767864060000000, NULL, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
asked-back
agrees');
INSERT INTO a_kept_history.candidate VALUES ('eve', 'task_019b9ce8c860329b9e7de37cc4a0', 0, 1767864060000000, NULL, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
asked-back
agrees');
INSERT INTO a_kept_history.candidate VALUES ('fay', 'task_019b9ce8c860329b9e7de37cc4a0', 0, 1767864060000000, NULL, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
asked-back
agrees');
INSERT INTO a_kept_history.candidate VALUES ('fay', 'task_019b9ce8c8605f1f12d51c8cbd9a', 0, 1767864060000000, 1768468860000000, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
reassigned
agrees');
INSERT INTO a_kept_history.candidate VALUES ('group:finance', 'task_019b9ce8c8605f1f12d51c8cbd9a', 0, 1767864060000000, 1768468860000000, 'agrees', 'approve', 'high', '', 'agree for agrees
agree
reassigned
agrees');
INSERT INTO a_kept_history.document VALUES ('secret', 'snapshots', '"1fdc0458e293f9f765f361646fa29dbd3c9e7f352859532356dc778167ae78d8"');
INSERT INTO a_kept_history.entry VALUES (1, 'everything', 1, 1767603600000000, 'run.started', '', '{"workflow":"everything","version":"1","by":"ann","labels":{"team":"a"},"takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":7,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"1.20"}}},{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"ink","price":{"$":"decimal","v":"7.80"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]},"due":{"$":"date","v":"2026-03-01"}}}}', 'f8e9589deb0960397a3041ecb6a48348ace1c5347b7b7d94d6a537a79cd67ea1', 'e3858ebf7be7d282e834302cd3accf53e8b1ea2b6a80a24cfa400a67e6fbd796');
INSERT INTO a_kept_history.entry VALUES (2, 'everything', 2, 1767603600000000, 'run.recovered', '', '{}', NULL, '', '21f52c24f986dd8769bda46454b3da3722e093ba8b3ef9ee69e35cde7a7ec05c');
INSERT INTO a_kept_history.entry VALUES (3, 'everything', 3, 1767603600000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]}}}', '59ee5ec3263d4a21d658771f72842877bc586af6185cc1525e41319c771c03b9', '951d5cf05d99aa145c0d7b24fcd5b521d625be5e0c4d39be470cef6fd4b52c82');
INSERT INTO a_kept_history.entry VALUES (4, 'everything', 4, 1767603600000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', '456701264e186794044eeb3ad4591e5d14a190b24ecbbbd62d6af08b58d71db4', '841e4ca23381d0ccba5d39a3bdca8e4df7f408e3814582d6b8a56e7ae69ec1b5');
INSERT INTO a_kept_history.entry VALUES (5, 'everything', 5, 1767603600000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"f839c6406709a262","returns":"Decimal"}', NULL, '', '73b78d5a82b68f72e62097d1dd866631fff76df0c7efd57f7c726c03d6530910');
INSERT INTO a_kept_history.entry VALUES (6, 'everything', 6, 1767603600000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"9.00"}}', 'aac132292d4c033abc872885446eb6edbee1ca1e002c58e5f04a4b43536cbcc0', '26dc5fa768fcef2989dd3bbb7f7657b8664682fdff6ac851c7661937cf68e375');
INSERT INTO a_kept_history.entry VALUES (7, 'everything', 7, 1767603600000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', 'f49f22d9779bd1a3f2165ec499554971d429709b29817cc01e0da64bfed709f4');
INSERT INTO a_kept_history.entry VALUES (8, 'everything', 8, 1767603600000000, 'step.retrying', 'charge', '{"key":"charge","name":"charge","attempt":1,"due":1767603601000000}', '{"error":{"type":"builtins:ConnectionError","message":"the bank did not answer about 9.00","args":["the bank did not answer about 9.00"],"attributes":{},"trace":"ConnectionError: the bank did not answer about 9.00\n"}}', '09531cc5f89c373dd4769c0bc4beff451d8676e8b4eef4ca624c49384fcc1bdb', 'fe07888090b201354ff83a40f65731415f0d236e3341e6c79af3b51653c34fde');
INSERT INTO a_kept_history.entry VALUES (9, 'everything', 9, 1767603601000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":2,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', 'de3d61cca83c1087b028455fa402ebd007e51aef8836f89bb48982289bc72c9c');
INSERT INTO a_kept_history.entry VALUES (10, 'everything', 10, 1767603601000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":2,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"9.00"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', '5e14a9cf159f65abdff11b405b584f3172251a1a513b4655cf6e0f87d4fda57e', '907e1e530eed148c78b461c311d84cf19a9319dc544c69515159bbf33f693f7d');
INSERT INTO a_kept_history.entry VALUES (11, 'everything', 11, 1767603601000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', 'b17ce35c8138e5786b6b2dc396bf7f043fb84b78ec0ab4676ff68ae819bfee3b');
INSERT INTO a_kept_history.entry VALUES (12, 'everything', 12, 1767603601000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', 'f96533db7e7b9af359e205e0bcc040b69f236b7692edddf2d1c99f8a99fa11fb', '9bd46da75984994c6165600e25d335b3095aaea04157b4fa2a428003c710ca52');
INSERT INTO a_kept_history.entry VALUES (13, 'everything', 13, 1767603601000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"9.00"}}}', '3590fcd15bf3701a97255662298709dd3f708a516104170a13ff35d48e36c9a3', '214f61c42bc2bd5a43dd471ce269fa864ed8a9de766cc2d4282ca1d153dc5381');
INSERT INTO a_kept_history.entry VALUES (14, 'everything', 14, 1767603601000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0}}', '721b33d2d99f0b5735b92e0e53ecdfa59dabbe0b45da07abb0c37c15360bc2cb', '64728913786b377db31a8c31304a231c36f1aa1baed042b7fc82df4e2f6665ae');
INSERT INTO a_kept_history.entry VALUES (15, 'everything', 15, 1767603601000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"9d1cce11-cc98-47f7-ab24-0408ab1675bf"}}', '4a6258b9354bfc5aafc49977116e43755b2123d79fa5d5b0e9fea5658263ac3b', '7b6d4522f506ea8ec2bb897bd0b66b94e7d16fbca5c78c74e9e77f5b18ce1eb1');
INSERT INTO a_kept_history.entry VALUES (16, 'everything', 16, 1767603601000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.31436377888476297}', '009617fa55ffd3b3fdaf97ea158e10a6a78b5b00bdfcffb5bdd66fdcd498e649', '6301c90905e0df61c1e66899cf9a9198fd953cba9a5fa085deed98414140a31b');
INSERT INTO a_kept_history.entry VALUES (17, 'everything', 17, 1767603601000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604201000000}', NULL, '', '4eb2dffc200e84ad164510b7471c2e9ec05046f3529e4b5dcd068b2e0d7b81b6');
INSERT INTO a_kept_history.entry VALUES (18, 'everything', 18, 1767603601000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', '2fd587fcc41d9b535da31371ce3a6bfe40e6b71c0140e00887a2731092718ada');
INSERT INTO a_kept_history.entry VALUES (19, 'everything', 19, 1767604201000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', 'caad7bf0b024f544b1d8e49c630db3145a1f62abd966df8b0b84f48ae60fbee8');
INSERT INTO a_kept_history.entry VALUES (20, 'everything.asks', 1, 1767604201000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","root":"everything","parent":"everything","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":7}}', '299aee6f23d665c71120fd5fdfc621d1004263e3e8fb5045e78e45137ebd95ce', '416e5d54965c1b95c735c1679848cd289db07820446ac2c4c677c6680b2a8e59');
INSERT INTO a_kept_history.entry VALUES (21, 'everything', 20, 1767604201000000, 'child.started', 'asks', '{"key":"asks","child":"everything.asks","digest":"6d10a62e97a46fc9"}', NULL, '', 'e5b058c457b89e44c14879a1cdc3036f828306ff74f5b5f5cdeedadbe0c7728b');
INSERT INTO a_kept_history.entry VALUES (22, 'everything.asks', 2, 1767604201000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d6ba628824a22916b1bec6d","name":"child task","asks":"approve","digest":"3108422d164e70fd1be38c1a7c8a46bc","by":"ann","path":["asks"]}', '{"title":"child task for asks","value":{"of":7},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', '59125ec2081b1f002d3e7f8779506ddf0794737461900e93e4ebad3455300a36', '048c482f58a74c21595fe7e457c9f9f9654fb384689b1f84d801519a2af6b385');
INSERT INTO a_kept_history.entry VALUES (23, 'everything.asks', 3, 1767604201000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '4859861fa5d5f789da294a27ff12134b37ac7a798ef7c944fa4f67abfb92557e');
INSERT INTO a_kept_history.entry VALUES (24, 'everything', 21, 1767604201000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', 'a32682513f2430e23fedebd878babbf569de674a392ed34895a5c9c75503f9c4');
INSERT INTO a_kept_history.entry VALUES (25, 'everything.asks', 4, 1767604260000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d6ba628824a22916b1bec6d","by":"bob","via":"python","outcome":"approved"}', '{"reason":"why not"}', 'baa17bf412102e9eed2cccced52481b2ea56850847957cc2d203ca657186a637', '65ebec260dadecea943636fbcd8bc29564512fada110fbb9a5ff568bbb361a2f');
INSERT INTO a_kept_history.entry VALUES (26, 'everything.asks', 5, 1767604260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d6ba628824a22916b1bec6d","outcome":"approved","by":"bob","via":"python"}', '{"reason":"why not"}', 'baa17bf412102e9eed2cccced52481b2ea56850847957cc2d203ca657186a637', '99ffb94a63c170bd40b8aed55ddf2f93edabaf628e7a111938091b9aab615344');
INSERT INTO a_kept_history.entry VALUES (27, 'everything.asks', 6, 1767604260000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"approved by bob"}', 'c17161e385885407b3dcfff3bf9373e8ff10ef41c755ccbdfa0738117fb47325', 'fe65ca58e975baaf43acf51933577214c9d784ee08b99d7a07f8bb0f665dfabe');
INSERT INTO a_kept_history.entry VALUES (28, 'everything', 22, 1767604260000000, 'child.finished', 'asks', '{"key":"asks","child":"everything.asks","status":"succeeded"}', '{"output":"approved by bob"}', '3cdb2e236bb59dc5ab6e3dfd1538905093b4dab9b7a738fc72e0cb3e265c10d2', '6dc64dac0d08243c12848d47e56d38d2c371a1dcafa8b501e7fd7853d8b409f2');
INSERT INTO a_kept_history.entry VALUES (29, 'everything', 23, 1767604260000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02d3c7f9f87d4fdfd","name":"refund","asks":"approve","digest":"0862fdc542a5d20c99bd212be83d7314","to":["ann","group:finance"],"by":"ann","labels":{"team":"a"},"priority":2,"due":1770196260000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"9.00"},"at":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0},"id":{"$":"uuid","v":"9d1cce11-cc98-47f7-ab24-0408ab1675bf"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', '922731872043c1a8c1dd0eea624f52856530e64b0f23904e5dd9ffdff5356190', '6ad1849508e8cae17cc5f94bed6256770f6c7c95927b68115f51dc3754e7eefe');
INSERT INTO a_kept_history.entry VALUES (30, 'everything', 24, 1767604260000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', 'bb8c59cdc5d48654c9de4b326b2ae695c2dd59ffd0b309b53d7acc7aea779637');
INSERT INTO a_kept_history.entry VALUES (31, 'everything', 25, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02d3c7f9f87d4fdfd","by":"eve","via":"python","status":"ineligible","outcome":"approved"}', '{"why":"eve may not answer this task: it is assigned to ann, group:finance."}', 'b1ff0191716baa602d01ad8e400edbe38063b10c668c41ed13a817389d4a917e', '9ee598c4205ff33ccea7ea8736e4b5ec468799c57bad058cfbe5aaa4d43f4a35');
INSERT INTO a_kept_history.entry VALUES (32, 'everything', 26, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02d3c7f9f87d4fdfd","by":"ann","via":"python"}', NULL, '', '5ca7db30b835b3a8d634a165a0e5c8e7d0e2f6214fd423401ec362f031ed865e');
INSERT INTO a_kept_history.entry VALUES (33, 'everything', 27, 1767604260000000, 'task.released', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02d3c7f9f87d4fdfd","by":"ann","via":"python"}', NULL, '', '6d440b42a1dc9c544c1c6e0341ddf063ecaac4cb3704b6da1192047cba36a868');
INSERT INTO a_kept_history.entry VALUES (34, 'everything', 28, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02d3c7f9f87d4fdfd","by":"ann","via":"python","status":"invalid","outcome":"edited"}', '{"value":{"total":"not a number"},"why":"The value does not fit: /total: Input should be a valid decimal; /at: Field required; /id: Field required."}', 'bf4ff29de8b290ebfef34fb5089e91761482f0345b40679f4f9e7b0ea03833e3', '68d6cd8c3bb35a3150da9102f9310141737ce79ba868dd89a57304c90668fcbf');
INSERT INTO a_kept_history.entry VALUES (35, 'everything', 29, 1767604260000000, 'task.commented', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02d3c7f9f87d4fdfd","by":"bob","via":"python"}', '{"text":"Is this right?"}', '090f37bd3fd33134cc8793f8535f8b88071b80d2b0d36a14eb37bf808137654f', '50f6ca44c56fd55adc6b038c698703d4f16e6c36a8e5e7c4bb92a9f0a7d81454');
INSERT INTO a_kept_history.entry VALUES (36, 'everything', 30, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca02d3c7f9f87d4fdfd","by":"ann","via":"python"}', NULL, '', 'f03dd9fa7e351f46c76d56b101f8d553680aea16b8b04982a42d831e6dffd027');
INSERT INTO a_kept_history.entry VALUES (37, 'succeeded', 1, 1767604260000000, 'run.started', '', '{"workflow":"everything","version":"1","takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":8,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"0.50"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"due":null},"set":["lines","number"]}}', '4c2e5594e22ace9f1f25011379b09a52307840bc5bc0ea6ced39e59a00b1ab5d', '54062495b159b67e0ab7a3a04ae1da660ef618d2e6177c317c94aea4caaf0c71');
INSERT INTO a_kept_history.entry VALUES (38, 'succeeded', 2, 1767604260000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]}}}', 'ab982002fda3d1b394c0a9e662e0b2d5ad4322d9dbf940de7e23335166a6390a', 'b8881b7ba63c08be98868efcd6e6ddbb32de360f80b3dcbdd75e935de3de7f19');
INSERT INTO a_kept_history.entry VALUES (39, 'succeeded', 3, 1767604260000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', '3be0e0cbe8999c0c094688aa349f0bbff8888f27f4cf17fcc16a331dcae5d69c', 'f966e768ae3c10534dce294614ccbf98c54bb0b968b13d76d8d1b040ea1af195');
INSERT INTO a_kept_history.entry VALUES (40, 'succeeded', 4, 1767604260000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"1a8a5896b0fff1ce","returns":"Decimal"}', NULL, '', '80283d49175c0947cb80eff1ebf336ca71f8ba159dadd29eb37f6b385f85deeb');
INSERT INTO a_kept_history.entry VALUES (41, 'succeeded', 5, 1767604260000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"0.50"}}', '0c5b229feb3c8f038e99507613610e5e2fd8d2430abee42fe3b11feb196fd2dc', 'e25a00467d50c19ec1cc8221cfd7e8afde365ab59d2434bad078b3669c0c56f1');
INSERT INTO a_kept_history.entry VALUES (42, 'succeeded', 6, 1767604260000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"67dcf232860f5575","returns":"dict[Any, Any]"}', NULL, '', '6f52a36028a5d8469ce1c6384daafe97a09c47a29f274d6deaac3484fe8a79dc');
INSERT INTO a_kept_history.entry VALUES (43, 'succeeded', 7, 1767604260000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":1,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', 'b756b3a828482abf76534569525f47c66ac80c4621fad000f99bb320af47d610', '36d77c29fb6bdb2e8850ebc4b762b7157ebc48cb18ffa5d4924fb180ff02d8be');
INSERT INTO a_kept_history.entry VALUES (44, 'succeeded', 8, 1767604260000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', '60d5b111da5beba1404899230d87cbce5f0bef804b6177b3dce884208f682bcf');
INSERT INTO a_kept_history.entry VALUES (45, 'succeeded', 9, 1767604260000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', '9238f59983eb876b7d5d08e9da5535bc719d03ac76488a166cfe47f3439c0f4e', 'dd22d3c6b8965c88d8c3a7768a0420b2a03953ab4ded8e37de3ad6d101853329');
INSERT INTO a_kept_history.entry VALUES (46, 'succeeded', 10, 1767604260000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"0.50"}}}', 'eb993e3fb62b80032dded057d575a40d8535e8cd60fefbef908f45f1d88185b8', '460de5707bf96004e4e1457a6f1905ed4e2fc87da80c528f8da09acfd1cb920e');
INSERT INTO a_kept_history.entry VALUES (47, 'succeeded', 11, 1767604260000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0}}', '5098cd97049810597ff47a1681e76105233ab04a6fb4a45192c1eb8cdcc4de6f', '4263168915151957a294ff9408ddc438f91b2149e13f88e1f60a6fcf3dcd4c20');
INSERT INTO a_kept_history.entry VALUES (48, 'succeeded', 12, 1767604260000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"5724decd-6cc6-45a6-a354-2c21416c78a2"}}', 'beb1c1da4857ebd9f6896be9861aa0086a7a0ab967879429bef7f2b0b94ca70a', '5d104aa73685186a05c9deadabb8e79f22d6b937f4b5fc7f0954e43631c71ebc');
INSERT INTO a_kept_history.entry VALUES (49, 'succeeded', 13, 1767604260000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.7196193290058018}', 'd86313e11b1e722e0ca81f7492b95583c25ecb3dddae1c6dfb5187dc34b1ce2e', 'ae6f861d4a16ef6971e4f19a6d082ca2101268569208724498500618b06a4149');
INSERT INTO a_kept_history.entry VALUES (50, 'succeeded', 14, 1767604260000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604860000000}', NULL, '', 'b7fc0e448be6c3915a2b189955ca24b398cacca1483f59befff542ed6b505832');
INSERT INTO a_kept_history.entry VALUES (51, 'succeeded', 15, 1767604260000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', 'e7be6bfe1809a70c65b228fb66c35cf1746b8d281a31a7a449243d057b9a059d');
INSERT INTO a_kept_history.entry VALUES (52, 'succeeded', 16, 1767604860000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', 'a9272d37655bdb7b3fa3cdd753997b840ace68a7cf52c3c24b6d45d54f1e6d37');
INSERT INTO a_kept_history.entry VALUES (53, 'succeeded.asks', 1, 1767604860000000, 'run.started', '', '{"workflow":"asks","version":"1","root":"succeeded","parent":"succeeded","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":8}}', 'ca2f5b8372b94d75445cf6f4f1e40ff2893fc3144b10ee059aa4b6004651c1cb', '917c6e92ff5ab199727c5c11ad6b02b72f5c12ac676fbf7e57248e0c9c9d6883');
INSERT INTO a_kept_history.entry VALUES (54, 'succeeded', 17, 1767604860000000, 'child.started', 'asks', '{"key":"asks","child":"succeeded.asks","digest":"987af957beb2a718"}', NULL, '', '2a43dd9958e44a2769f99ef0bd3e84fd8a5f85eafb10837aafe915d35f705d57');
INSERT INTO a_kept_history.entry VALUES (55, 'succeeded.asks', 2, 1767604860000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d75b46042b81cb05da171f6","name":"child task","asks":"approve","digest":"906c1a42acc41392f787cbfbd14b7066","path":["asks"]}', '{"title":"child task for asks","value":{"of":8},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', '34185339cd788446c63c9d962b1e7b7fb7e275c73703df5199f0e1ffc75ae3da', '24ccd2673e1600823d112386ebaebfc9d51db09f14affd3c6c996a1c199a3af7');
INSERT INTO a_kept_history.entry VALUES (56, 'succeeded.asks', 3, 1767604860000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', 'd317e7d1af5521b7a2121ec5dc89ee4f9189c642f9c77a2662e72aea430ed1d2');
INSERT INTO a_kept_history.entry VALUES (57, 'succeeded', 18, 1767604860000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', '164d317e16a5beca14611e11a08c87acebf72edad7326fb2ec3135a1b916db61');
INSERT INTO a_kept_history.entry VALUES (58, 'succeeded.asks', 4, 1767604860000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d75b46042b81cb05da171f6","by":"bob","via":"python","outcome":"rejected"}', '{"reason":"no"}', 'c033ef3784a8e242f5b5f02fe31623e17d8d215ac5329c7a64db36cc28f7eff6', '0e3ea3b540b1fcc28d309953b9bb7b04bbe0394084457efff893ac880289c487');
INSERT INTO a_kept_history.entry VALUES (59, 'succeeded.asks', 5, 1767604860000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d75b46042b81cb05da171f6","outcome":"rejected","by":"bob","via":"python"}', '{"reason":"no"}', 'c033ef3784a8e242f5b5f02fe31623e17d8d215ac5329c7a64db36cc28f7eff6', 'bcd370deb10cb5943b6f53e18169f01e6c0899142efa21458f8e7b26e444b8ec');
INSERT INTO a_kept_history.entry VALUES (60, 'succeeded.asks', 6, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"rejected by bob"}', 'ab2cccc5bbb8edfcff556b2835bfacb0c25e0b25fd4f12f2007d48e5ce25eeae', 'f0911bdd46fe95e89edcfb1974a3ffd75dfd654e724b4fbe8dd390d628217cfd');
INSERT INTO a_kept_history.entry VALUES (61, 'succeeded', 19, 1767604860000000, 'child.finished', 'asks', '{"key":"asks","child":"succeeded.asks","status":"succeeded"}', '{"output":"rejected by bob"}', 'bfdb2d05b12e1efd22d7e1f48b373ac8a4685b22c85eced2b6d420c52fa39714', '69bedf870656db7c13f27a1d8c142a093f51b5cbe406d0dc9662a7570e92ff0a');
INSERT INTO a_kept_history.entry VALUES (62, 'succeeded', 20, 1767604860000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d75b460dc942b53cac19c53","name":"refund","asks":"approve","digest":"1acede69186a13e9024dc396144bd1b7","to":["ann","group:finance"],"labels":{"team":"a"},"priority":2,"due":1770196860000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"5724decd-6cc6-45a6-a354-2c21416c78a2"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', '2a22f8da9484a7927883741baae0fc749a6b66a780b7f0fb3b0c0f8eb51c31e6', 'b96f2de759c447d19ddf295410a99a3de79de4cf2b5ae88ae2d179023db615ea');
INSERT INTO a_kept_history.entry VALUES (63, 'succeeded', 21, 1767604860000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', '44965122585616f7a217886daff48228b82f9b5e6301c7dd1f88f875534d01c2');
INSERT INTO a_kept_history.entry VALUES (64, 'succeeded', 22, 1767604860000000, 'task.answered', 'refund', '{"key":"refund","task":"task_019b8d75b460dc942b53cac19c53","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'a4a5f3879d59ca218e7a2c75cddd30f93932623399bc2c737d71573906457cd8');
INSERT INTO a_kept_history.entry VALUES (65, 'succeeded', 23, 1767604860000000, 'task.closed', 'refund', '{"key":"refund","task":"task_019b8d75b460dc942b53cac19c53","outcome":"approved","by":"ann","via":"python"}', NULL, '', '8efb86907e81b96b2bbec68f0d150288b4fe5fa52b320f1a915f452cd65e649e');
INSERT INTO a_kept_history.entry VALUES (66, 'succeeded', 24, 1767604860000000, 'task.opened', 'color', '{"key":"color","task":"task_019b8d75b4608c01a9f0001b3d3f","name":"color","asks":"choose","digest":"d9a8f11369218eb994b1514226fe9ef9","on_timeout":"raise","many":true}', '{"title":"color for everything","form":{"type":"array","items":{"enum":["red","blue"]},"uniqueItems":true},"options":["red","blue"]}', '39beb38b2b0103e8bb1e42bf42f26a167f5b0aacf68e458de14403c8df898d6f', '3019c768170a9deaf7f842b06a0bed8da00781b4f052f026555677c1ba6973a2');
INSERT INTO a_kept_history.entry VALUES (67, 'succeeded', 25, 1767604860000000, 'run.waiting', '', '{"on":["color"]}', NULL, '', 'eaf09ef5d7645e9d23dff984b7b9605fb01a6f6ee2abf87c50e299601be47135');
INSERT INTO a_kept_history.entry VALUES (68, 'succeeded', 26, 1767604860000000, 'task.answered', 'color', '{"key":"color","task":"task_019b8d75b4608c01a9f0001b3d3f","by":"ann","via":"python","outcome":"answered"}', '{"value":["blue"]}', 'e41ae517997881171e6db1828a5f34e58c60d4c3136c546f3cb152975fe03ccb', '5964a7135cc6f61f4990043af98e68632bc7298a43bdbdfacc04f2d888b46ff8');
INSERT INTO a_kept_history.entry VALUES (69, 'succeeded', 27, 1767604860000000, 'task.closed', 'color', '{"key":"color","task":"task_019b8d75b4608c01a9f0001b3d3f","outcome":"answered","by":"ann","via":"python"}', NULL, '', '43ea75f50ed0a66301767c430531fdb3ccd7ccdcf28d0a51a81e7987c72a3fd2');
INSERT INTO a_kept_history.entry VALUES (70, 'succeeded', 28, 1767604860000000, 'task.opened', 'words', '{"key":"words","task":"task_019b8d75b460c3904acfa8a48077","name":"words","asks":"ask","digest":"e17b82cb93f3f3849454f742ee47f81d","on_timeout":"raise"}', '{"title":"words for everything","value":{"amount":1},"form":{"type":"object","properties":{"amount":{"type":"number","title":"amount"},"note":{"type":"string","title":"note"}},"required":["amount","note"],"additionalProperties":false}}', 'aa57b2edccf61de88a5b901518ec8a720c136fc73c046508a76018d216ba0d51', '7c41ad093c6840a9db64db1bbc16d9e1c00b97c34e230e240b52e9706b5e59a2');
INSERT INTO a_kept_history.entry VALUES (71, 'succeeded', 29, 1767604860000000, 'run.waiting', '', '{"on":["words"]}', NULL, '', '1ec36f496af82040e59e8506ea5cbdffa894326b136c7b8d9f9c49bd329058ff');
INSERT INTO a_kept_history.entry VALUES (72, 'succeeded', 30, 1767604860000000, 'task.answered', 'words', '{"key":"words","task":"task_019b8d75b460c3904acfa8a48077","by":"ann","via":"python","outcome":"answered"}', '{"value":{"amount":2.5,"note":"ü"}}', 'b34f3a70577059d35483c8a992c535fad87ee8c486e262203a7f8d45d36fa680', 'fb8b51e955598df97d25ab0048412bf9510bf80fd668d5262c61a683430e02e7');
INSERT INTO a_kept_history.entry VALUES (73, 'succeeded', 31, 1767604860000000, 'task.closed', 'words', '{"key":"words","task":"task_019b8d75b460c3904acfa8a48077","outcome":"answered","by":"ann","via":"python"}', NULL, '', 'd8c4a3a38835c58ee60b9d8c06b5c48e174067d7b9320b41aeaf46e0dc7af8b5');
INSERT INTO a_kept_history.entry VALUES (99, 'agreed', 9, 1767604860000000, 'task.closed', 'agree', '{"key":"agree","task":"task_019b8d75b46076d22eec078a143c","outcome":"edited","by":"cleo","via":"python"}', NULL, '', 'c91c52eba0385a6061f7d5db82a254a61937cb1b73d61912eb7cefdfb988da78');
INSERT INTO a_kept_history.entry VALUES (74, 'succeeded', 32, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":{"$":"tuple","v":[{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"5724decd-6cc6-45a6-a354-2c21416c78a2"}}},[{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]},"rejected by bob",["blue"],{"amount":2.5,"note":"ü"},{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"noted":[1]}]]}}', '274ccf98125e549392603275f0e909fc90fef1a1459a1d51368c2f0c63cf8b4e', '7c7d0dd93a2da20cdc204ebeff16983f7105b356f97d28459ff623b94a45b25c');
INSERT INTO a_kept_history.entry VALUES (75, 'races', 1, 1767604860000000, 'run.started', '', '{"workflow":"races","version":"1"}', NULL, '', 'c4508004b562f1b98b28d3ef0a9fff528bf3435d93057e1c9b30a5afb66d93ba');
INSERT INTO a_kept_history.entry VALUES (76, 'races', 2, 1767604860000000, 'timer.set', '1/sleep', '{"key":"1/sleep","due":1767608460000000}', NULL, '', 'fc9c953da4c7eb9f01055cf1ee4dc1e10f9d508f74e8adde7d9ea32c568dfb8e');
INSERT INTO a_kept_history.entry VALUES (77, 'races', 3, 1767604860000000, 'task.opened', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b460e1e1f39e2b0bad89","name":"never answered","asks":"approve","digest":"dcea8fbac52e0d1d669c4990dc71fb3a","due":1767612060000000}', '{"title":"never answered for races"}', '81def18b74e705e8e53e51cce6324ebd63cdc1fcd27c0928090d3f70761e4ec6', '3c62ae7c431ef0457a2c325686ff1479bb1f0cf1e525dd0a9c112c2a0d9ea811');
INSERT INTO a_kept_history.entry VALUES (78, 'races', 4, 1767604860000000, 'task.opened', '3/quick', '{"key":"3/quick","task":"task_019b8d75b46057027f43cc62f028","name":"quick","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"quick for races"}', '64ffc8c07e220768cca344cea2f6504e358adc168158cd270c33196fd075105d', 'd509537575cac33bcfc88cd29cbdbbf8b4541898e5c71602da41bb033bb996fc');
INSERT INTO a_kept_history.entry VALUES (79, 'races', 5, 1767604860000000, 'run.waiting', '', '{"on":["1/sleep","2/never answered","3/quick"]}', NULL, '', '77e9df9e6105e358d3a0678dfe8cf6bfb77eb733fe44c21c0deb6cff3ee60810');
INSERT INTO a_kept_history.entry VALUES (80, 'races', 6, 1767604860000000, 'task.answered', '3/quick', '{"key":"3/quick","task":"task_019b8d75b46057027f43cc62f028","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'f73df78a8da7581dcc4a98c8a95b5690730a07ce9adfafd7676765c65fdab53e');
INSERT INTO a_kept_history.entry VALUES (81, 'races', 7, 1767604860000000, 'task.closed', '3/quick', '{"key":"3/quick","task":"task_019b8d75b46057027f43cc62f028","outcome":"approved","by":"ann","via":"python"}', NULL, '', 'f25345d06be5932c0fe7b28f70d56e22a07d09af357fbf7cb42b62adb18bc877');
INSERT INTO a_kept_history.entry VALUES (82, 'races', 8, 1767604860000000, 'value.recorded', 'first', '{"key":"first"}', '{"value":2}', 'f61bd8771757f27f5dae12f3590c15d4c67f923e9600f8125270695f9e3b5399', '2d96ce00873f7cf7eaf50e1d5cf6368867b905cde99111866c94f312d89cf629');
INSERT INTO a_kept_history.entry VALUES (83, 'races', 9, 1767604860000000, 'timer.withdrawn', '1/sleep', '{"key":"1/sleep"}', NULL, '', '88bb3c9f7be5db0b6334c2c21f7eeb758e646696930731d2784e06a597108e7a');
INSERT INTO a_kept_history.entry VALUES (84, 'races', 10, 1767604860000000, 'task.closed', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b460e1e1f39e2b0bad89","outcome":"cancelled","via":"workflow","withdrawn":true}', NULL, '', '7a4fc273740538184706de248c633fdd1f34116ac737805a0e7ebdb7a5a16374');
INSERT INTO a_kept_history.entry VALUES (85, 'races', 11, 1767604860000000, 'step.started', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '11fe2adb1555c46ef66bdabe216ad471cde2f08e9f9727f73a568d1372244c10');
INSERT INTO a_kept_history.entry VALUES (86, 'races', 12, 1767604860000000, 'step.started', '5/again', '{"key":"5/again","name":"again","attempt":1,"digest":"","returns":"str"}', NULL, '', '0a406554db5bbd596265b49e8d6ac6161279459d46e6ce76af88a0520330f470');
INSERT INTO a_kept_history.entry VALUES (87, 'races', 13, 1767604860000000, 'step.finished', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"took":0}', '{"result":"shipped"}', 'f6dc6543bc1d4ed3ead3c472aebf83f9dcf61d2ae6e2b1468b7536675bf903ab', 'a3158d445f3a3edb990cbc0c0f0cc8eff82201026b731cf4b8321284d340d34a');
INSERT INTO a_kept_history.entry VALUES (88, 'races', 14, 1767604860000000, 'step.finished', '5/again', '{"key":"5/again","name":"again","attempt":1,"took":0}', '{"result":"shipped"}', 'f6dc6543bc1d4ed3ead3c472aebf83f9dcf61d2ae6e2b1468b7536675bf903ab', 'c01ee88b5332c54a6920b6dcdee85e9a6a7111242facfcec7f907838cd08b95d');
INSERT INTO a_kept_history.entry VALUES (89, 'races', 15, 1767604860000000, 'task.opened', 'last', '{"key":"last","task":"task_019b8d75b460007398f28f8c8607","name":"last","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"last for races"}', '28450776d1342d486eddf1ac040c21c4d515b28a258a0f5714dd72c38961f730', '5e7c40f404759cb402dcf9969aea0d22c3a62387bf431b498828a530049bf75a');
INSERT INTO a_kept_history.entry VALUES (90, 'races', 16, 1767604860000000, 'run.waiting', '', '{"on":["last"]}', NULL, '', '986484ae5e77e2134ccbd672a1e63c4b20cc3bee7f7cd152a2e46639a1eb7f33');
INSERT INTO a_kept_history.entry VALUES (91, 'agreed', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":20}}', '2e0e858164b359b3eae3ed001a4e8b7b51f0590680935a3abf5365d1ec3bb00c', '44da85d9033797ee0135cf3c3abe8f3e20d69ab889df31623ed853e793926192');
INSERT INTO a_kept_history.entry VALUES (92, 'agreed', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b46076d22eec078a143c","name":"agree","asks":"approve","digest":"1727bc9e96ccf0d03a78cfb89e855f91","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":20},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '457ef8fbc98cf1db4071dd2d9f3d9fb16a19c169876be798f2a0c2bfba9237a3', '9612ae37d1c17c4a1349c70608a160c94a45086b7efad92761d1e7d3bacf3e85');
INSERT INTO a_kept_history.entry VALUES (93, 'agreed', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '129e0dba2c9b07b14dac01c363b7addc1aee2df8c63f79ed5d82dfe818fbb8ff');
INSERT INTO a_kept_history.entry VALUES (94, 'agreed', 4, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b46076d22eec078a143c","by":"ann","via":"python","outcome":"approved"}', NULL, '', '4b013bdcf95fa856a112df54f843f8014cc6d5ce355fe90703c4604aa5c2d6b0');
INSERT INTO a_kept_history.entry VALUES (95, 'agreed', 5, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b46076d22eec078a143c","by":"bob","via":"python","outcome":"edited"}', '{"value":{"amount":30}}', '0706e0c1b861d4514f727df490d973e19443d33b7ca413ac42823d74468279e7', '3c78ad606cf3b408974a6c0165d6bf908b9eb5b0bc7816ca29a69c93d5c174b2');
INSERT INTO a_kept_history.entry VALUES (96, 'agreed', 6, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b46076d22eec078a143c","by":"eve","via":"python","outcome":"approved"}', NULL, '', '1820222cf448b94085ad4892737521dfb1963447f3642f0730b96da92b5324a6');
INSERT INTO a_kept_history.entry VALUES (97, 'agreed', 7, 1767604860000000, 'task.assigned', 'agree', '{"key":"agree","task":"task_019b8d75b46076d22eec078a143c","to":["role:ceo"],"was":["ann","bob","eve"],"because":"stage","stage":1}', NULL, '', 'de14a276b6315228f26a511df0dc451c169608765b5437d7d494b61ec371e50e');
INSERT INTO a_kept_history.entry VALUES (98, 'agreed', 8, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b46076d22eec078a143c","by":"cleo","via":"python","outcome":"approved","stage":1}', NULL, '', 'ab363599b800051c1debdb6b37330c40ca55ba5246af7fbad1d89a651e26a3a1');
INSERT INTO a_kept_history.entry VALUES (100, 'agreed', 10, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"edited {''amount'': 30}"}', 'eb97ee0e2622ade58b569b87854a97e13fbf73cc953233e3200e9a9aacc32e3d', '3ad8177177339e71f63e1f5573ac94f0f9a76c88808acd54bd527c3b986c59a9');
INSERT INTO a_kept_history.entry VALUES (101, 'taken-back', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":2}}', 'c2f343fb3760ce83640abdd76a1d80a8cd0b3efaaa3af3017a1f58d6684d9c8c', '4466c2733e0328244a56affe6a0a10863394d65d09b030bd164e6fba5c608521');
INSERT INTO a_kept_history.entry VALUES (102, 'taken-back', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b460475da25ec24da081","name":"agree","asks":"approve","digest":"21c4b4b6257d6f4d39a31c83e7397eab","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":2},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '7aeb981ead1f9b2e784e408b76b21b0ae061aefcdf535d02b3f1bec6843b328a', '7a176755df8fc7e2ba59ece7056d46988e0b3c093517991c667fcc8a38e642ea');
INSERT INTO a_kept_history.entry VALUES (103, 'taken-back', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '2dd5c4ab49b712fd4f39535f70f52f44b3a220a8c10d1fba05c25c4f26f3fb89');
INSERT INTO a_kept_history.entry VALUES (104, 'taken-back', 4, 1767604860000000, 'run.paused', '', '{"mark":"ecb1b6a9f8024aa4"}', NULL, '', '64d3b34e6a9605dcfe3039511dfc1bac878c7dba0d853ee66638fd94f091b151');
INSERT INTO a_kept_history.entry VALUES (105, 'taken-back', 5, 1767604860000000, 'task.answered', 'agree', '{"key":"agree","task":"task_019b8d75b460475da25ec24da081","by":"leo","via":"python","outcome":"rejected","vetoes":true}', '{"reason":"no"}', 'a2ad13acbcf1be08ff0106cf8790d76fde04bad533a26dac2090dab55f7b00f9', '6460ba737b3773524102fb8733d1ef4e544e623b99fa72864fde1d082ea2a1c0');
INSERT INTO a_kept_history.entry VALUES (106, 'taken-back', 6, 1767604860000000, 'task.closed', 'agree', '{"key":"agree","task":"task_019b8d75b460475da25ec24da081","outcome":"rejected","by":"leo","via":"python"}', '{"reason":"no"}', 'a2ad13acbcf1be08ff0106cf8790d76fde04bad533a26dac2090dab55f7b00f9', '8066e1280e04e516d36192411ca2bb8ddb254d368a0937cac3582411c2121544');
INSERT INTO a_kept_history.entry VALUES (107, 'taken-back', 7, 1767604860000000, 'task.reopened', 'agree', '{"key":"agree","task":"task_019b8d75b460475da25ec24da081","by":"leo","via":"python","due":1768296060000000}', '{"reason":"on second thoughts"}', 'a9102b22c504859914f58322fdf2355de8784356ea743e15b3cf28f697c62823', '8bc20762bd24f5a823dd14a9f3977bb46ccf38d90c60311149aca8069c31fb35');
INSERT INTO a_kept_history.entry VALUES (108, 'handed-on', 1, 1767604860000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":3}}', '181db8dfdc4f546c574edc69c1f5730b3c25b5c5033665e5242ffb40ef9b05cb', '9f7cfc090c1cadeb9df9d5ae772e0fd1582ea54563812ee4ddeb7c6a6f23d32d');
INSERT INTO a_kept_history.entry VALUES (109, 'handed-on', 2, 1767604860000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b8d75b460e86485e81b3690e5","name":"agree","asks":"approve","digest":"9233db611625a8a628443511ecdacdde","to":["ann","bob","eve"],"by":"rob","due":1768296060000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767608460000000,"escalate_at":1767864060000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":3},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', 'dc1fbe1ce94b67efc5af60469cfbd9b01f808b4391394cf3c44cdb512f444ab5', '1547a20e2106ff0fc106a389e9c2aefc96c0f777ca81f58aa4ed623f16275974');
INSERT INTO a_kept_history.entry VALUES (110, 'handed-on', 3, 1767604860000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', '7bac2f589bbc6393c76e515fb2cbcc3cab1e89791190dfe0cb402e89a095c07c');
INSERT INTO a_kept_history.entry VALUES (111, 'handed-on', 4, 1767608460000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460e86485e81b3690e5","to":["ann","bob","eve"],"count":1,"next":1767781260000000}', NULL, '', 'f910cd419e76002227388320cb1764eb38975d280b2025cf93e39c6e1f1270ab');
INSERT INTO a_kept_history.entry VALUES (112, 'handed-on', 5, 1767781260000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460e86485e81b3690e5","to":["ann","bob","eve"],"count":2,"next":1767867660000000}', NULL, '', 'a208c73fb97e44bbdb6857733c191147208d913173af59c5fd66ed0816ffa75b');
INSERT INTO a_kept_history.entry VALUES (113, 'handed-on', 6, 1767864060000000, 'task.escalated', 'agree', '{"key":"agree","task":"task_019b8d75b460e86485e81b3690e5","to":["gus"],"was":["ann","bob","eve"],"left":{"after":28800000000,"to":["hal"],"then":"reject"},"next":1767950460000000}', NULL, '', '4f68cc8d91dd125005ad02e5c7c7bd341d100855284b671427ff0a5579bf66ce');
INSERT INTO a_kept_history.entry VALUES (114, 'asked-back', 1, 1767864060000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":4}}', 'b2a3482a1c92e77980f5fc7b6e48b524069e9138ee0f0ceb36f52fe3b6df1b6b', '6416387a988caf53b83099ec41e3d5f82902aa14581bf8efdab2255f85206ec2');
INSERT INTO a_kept_history.entry VALUES (115, 'asked-back', 2, 1767864060000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b9ce8c860329b9e7de37cc4a0","name":"agree","asks":"approve","digest":"20188f463ae2195ef19a43f385c62edd","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":4},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', '5b61d01f6548fb37109ec6d9f05d7747b66161ea83dd9e758939a04656e58d65', '6d9828a9556d9b837a59d1291f0ba918e3d7d229945801812bb2bd61d94eac94');
INSERT INTO a_kept_history.entry VALUES (116, 'asked-back', 3, 1767864060000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', 'a192f8976c91ba00930b0815bc335a50ca8b1237d630f230c73ebb6a042ba97e');
INSERT INTO a_kept_history.entry VALUES (117, 'asked-back', 4, 1767864060000000, 'task.delegated', 'agree', '{"key":"agree","task":"task_019b9ce8c860329b9e7de37cc4a0","owner":"ann","to":"fay","by":"ann","via":"python"}', NULL, '', '971adca18341751ac3db2011963805fcdbbfd64288803db63f2a15f2faf29d45');
INSERT INTO a_kept_history.entry VALUES (118, 'asked-back', 5, 1767864060000000, 'task.attached', 'agree', '{"key":"agree","task":"task_019b9ce8c860329b9e7de37cc4a0","by":"ann","via":"python"}', '{"name":"note","url":"https://example.com/note"}', 'af148180889b9927f97b826c5a0f1a15dd15b690028e5e35619b69765fba6f3d', 'cae2a864a33f3abef438a786971bc92742550c53dbdf7a528497ca1e0a9ed1b9');
INSERT INTO a_kept_history.entry VALUES (119, 'asked-back', 6, 1767864060000000, 'task.asked_back', 'agree', '{"key":"agree","task":"task_019b9ce8c860329b9e7de37cc4a0","by":"fay","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}', '{"text":"Why?"}', 'aae065caad66a1a5f64e5c7f83d8cefbb6e2da6c8d0c5b5770dba889db3e6234', '74cdff12e42da05fbae9cbca885410de7810d50202298986232801f543bb7b6b');
INSERT INTO a_kept_history.entry VALUES (120, 'asked-back', 7, 1767864060000000, 'task.replied', 'agree', '{"key":"agree","task":"task_019b9ce8c860329b9e7de37cc4a0","by":"rob","via":"python","due":1768468860000000,"remind_at":1767867660000000,"escalate_at":1768209660000000}', '{"text":"Because."}', 'b69dee54f3dc5ae3ace99e08f0821cf07b65cb67cc808b66e999fa638ed9f66d', 'eb78f882f2ac5e30c1caf25a3abe61ac7c7eb9215f95b8c980c1b179572624eb');
INSERT INTO a_kept_history.entry VALUES (121, 'asked-back', 8, 1767864060000000, 'task.asked_back', 'agree', '{"key":"agree","task":"task_019b9ce8c860329b9e7de37cc4a0","by":"ann","via":"python","due_left":144000000000,"remind_left":3600000000,"escalate_left":57600000000}', '{"text":"Why now?"}', '374bc91876af13da831ffb3b69255ef9ade0440e47ec0a991e714a39c8931b37', '5dbf6a5aa34ca050de7f7bcc4693c03f9f0bce25d4412e27e61941415c7925bb');
INSERT INTO a_kept_history.entry VALUES (122, 'reassigned', 1, 1767864060000000, 'run.started', '', '{"workflow":"agrees","version":"1","by":"rob","takes":"dict[str, int]"}', '{"input":{"amount":5}}', '9e1b597d99ff01d0288ee49e9a89677eaac0dbb01bcdf0ea0150be0df2c565cb', '59d7e568d8f6e364a287368b206ee63a1820e13a98b945217094f86949a8df8c');
INSERT INTO a_kept_history.entry VALUES (123, 'reassigned', 2, 1767864060000000, 'task.opened', 'agree', '{"key":"agree","task":"task_019b9ce8c8605f1f12d51c8cbd9a","name":"agree","asks":"approve","digest":"ebd5816a08733d5cce978e5b07f95234","to":["ann","bob","eve"],"by":"rob","due":1768468860000000,"policy":{"stages":[{"to":["ann","bob","eve"],"name":"ann, bob, eve","approvals":2},{"to":["role:ceo"],"name":"role:ceo","when":"amount > 10"}],"veto":["leo"]},"remind":[3600000000,28800000000],"escalate":{"after":57600000000,"to":["gus"],"then":{"after":28800000000,"to":["hal"],"then":"reject"}},"calendar":["Europe/Berlin",540,1020,[0,1,2,3,4],["2026-01-06"]],"remind_at":1767867660000000,"escalate_at":1768209660000000,"risk":"high"}', '{"attachments":[["bill","https://example.com/bill"]],"title":"agree for agrees","value":{"amount":5},"form":{"type":"object","properties":{"amount":{"type":"integer"}},"required":["amount"]}}', 'dba0e8719defe6a7046503b1270e1d0e8454d83a42c06fb56c822fcb0a5d59fe', 'd0674dd60f1fbbaf2ba8592944871d5b13f48fe2d8d80a84c2abbc2831e3edcc');
INSERT INTO a_kept_history.entry VALUES (124, 'reassigned', 3, 1767864060000000, 'run.waiting', '', '{"on":["agree"]}', NULL, '', 'a092fab640f875e4353069b73a88c3765f3c08f46baa3edd4399d309cb534e11');
INSERT INTO a_kept_history.entry VALUES (125, 'reassigned', 4, 1767864060000000, 'task.assigned', 'agree', '{"key":"agree","task":"task_019b9ce8c8605f1f12d51c8cbd9a","to":["fay","group:finance"],"was":["ann","bob","eve"],"because":"reassigned","by":"ann","via":"python"}', '{"reason":"hers"}', 'a5931af953d0d694f8446739c2fc181912ab32eb1cfd699ee0fdbe13a816419e', 'b4c67b18a90e613048e4c2f072d5702109e842a7f2cd68fa9141b7d58c1c5e8e');
INSERT INTO a_kept_history.entry VALUES (126, 'asleep', 1, 1767864060000000, 'run.started', '', '{"workflow":"sleeps","version":"1"}', NULL, '', '2fb5ae040137924a72a6dd19711d58d2bd3e7bf3db174797e55b984923367f35');
INSERT INTO a_kept_history.entry VALUES (127, 'asleep', 2, 1767864060000000, 'timer.set', 'sleep_until', '{"key":"sleep_until","due":1769904000000000}', NULL, '', '498343a9a97b0e882dc6c8ba76715e5ede7ba02164d677df08d360e36db99d83');
INSERT INTO a_kept_history.entry VALUES (128, 'asleep', 3, 1767864060000000, 'run.waiting', '', '{"on":["sleep_until"]}', NULL, '', 'e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8');
INSERT INTO a_kept_history.entry VALUES (129, 'timed-out', 1, 1767864060000000, 'run.started', '', '{"workflow":"times_out","version":"1","timeout":3600.0}', NULL, '', '6931564e5257d04a962e5ef4693a809dc84679fc1bd6b3e48e1cc56cd0c2a499');
INSERT INTO a_kept_history.entry VALUES (130, 'timed-out', 2, 1767864060000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767950460000000}', NULL, '', '2a101fb904cb2cf6717c6dc10b4e326982c425c2fa25e9221e3002bd2dc3fd17');
INSERT INTO a_kept_history.entry VALUES (131, 'timed-out', 3, 1767864060000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', '23da9d524d534f342200b7a20c613e116cc6263293b9f65f7f787275a5f861aa');
INSERT INTO a_kept_history.entry VALUES (132, 'handed-on', 7, 1767867660000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b8d75b460e86485e81b3690e5","to":["gus"],"count":3,"next":1767954060000000}', NULL, '', 'f25834657442bf09a102aeb35364800ddee247254a5292244582981432283d82');
INSERT INTO a_kept_history.entry VALUES (133, 'reassigned', 5, 1767867660000000, 'task.reminded', 'agree', '{"key":"agree","task":"task_019b9ce8c8605f1f12d51c8cbd9a","to":["fay","group:finance"],"count":1,"next":1767954060000000}', NULL, '', '52ef0c219a72acf267da40dfc7a9d543b5ad9d3e72b49aa55e255c10c9c5fda3');
INSERT INTO a_kept_history.entry VALUES (134, 'timed-out', 4, 1767867660000000, 'run.finished', '', '{"status":"timed_out"}', '{"error":{"type":"timed_out","message":"The run took longer than its timeout of 1:00:00."}}', '8b2d1ccf02d1079149cf57f0860016fa0d73204d23213407bba7f57549a5f6a2', 'd1e61afea6b44706cc4710a98c4249930e9aa88a26dfa25bd6e95eeee8850697');
INSERT INTO a_kept_history.entry VALUES (135, 'failed', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', 'f88ce20283c47e6557089c2223bd30939fc9d0172fb594f2899454b4d21d8f2e');
INSERT INTO a_kept_history.entry VALUES (136, 'failed', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a560e711c9a896612c56","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', 'e2bc629cf3864d7d19cfb515c376475bbbb66f41d7b63411a99b1ae7bb436fdd', '7b1bdd811dc6b41d296f57b4a558af69d5d12c6c5cfc685b23d8e57437838ce0');
INSERT INTO a_kept_history.entry VALUES (137, 'failed', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '2872268076319034f19ffb7b6164980fa1eb957c54d467b452f9726420795afb');
INSERT INTO a_kept_history.entry VALUES (138, 'failed', 4, 1767871260000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b9d56a560e711c9a896612c56","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'b568b916801128d15f2abcb0c0ef83f524fcab701e896e852323209287c2584e');
INSERT INTO a_kept_history.entry VALUES (139, 'failed', 5, 1767871260000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b9d56a560e711c9a896612c56","outcome":"approved","by":"ann","via":"python"}', NULL, '', '3c2247bb089ade33eb146f92105e142ae726f436470a3184eda03b63a2c40d2a');
INSERT INTO a_kept_history.entry VALUES (140, 'failed', 6, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '475ac8dc188eb6057053bdd357400d1d324a70c684827d725dd30d80b62ed1c2');
INSERT INTO a_kept_history.entry VALUES (141, 'failed', 7, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', 'b7f1d2e4793f6cf3678e24361487ba7c3f34189e4bca6e329da8ff62724d152f', '3afbd7be6e7147a63bcde51f845f391fdb454ee7a0164e717faa3754b4ae2356');
INSERT INTO a_kept_history.entry VALUES (142, 'failed', 8, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', 'da723c7315b429ddf5d07b5162f81f3f81b3fa6a7196c0cf777a3a96bd78ac7b', '49f156f510d395f097ca5a0a5153e4eaf02527230d5b29a15b15473b6e0a10f8');
INSERT INTO a_kept_history.entry VALUES (143, 'retried', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '3d6bcc9b1bd5a84d7a9c9424805434de9da86a17992d953c1feb9addd1bfe142');
INSERT INTO a_kept_history.entry VALUES (144, 'retried', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a560b585943e8847d7bb","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '31eb02a9deb63e988988691c0dcfeb2cc3593acde58ca1a2cdb1934085be4e03', '9b05ac17ff16d91a3cbd46d365296a4ff37ad86387032aa235b2e55d6d236016');
INSERT INTO a_kept_history.entry VALUES (145, 'retried', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '25c28799aba75291dfd2da8c0977d0fcd95da3077545bd03fb405d4092900f56');
INSERT INTO a_kept_history.entry VALUES (146, 'retried', 4, 1767871260000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b9d56a560b585943e8847d7bb","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'c720cdc1fcfbb42170a064afd0eb2c18427637dd80858b54fd813c0c5b3d8e26');
INSERT INTO a_kept_history.entry VALUES (147, 'retried', 5, 1767871260000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b9d56a560b585943e8847d7bb","outcome":"approved","by":"ann","via":"python"}', NULL, '', '0cd4e2d8fafe2450f5a39fd67ed5db3d8c8583a80eac18633dc433ea289c9ee5');
INSERT INTO a_kept_history.entry VALUES (148, 'retried', 6, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '6b453c6623097f37dfcfba0471dcec1385446609e8cedc89f853c33aeedfe078');
INSERT INTO a_kept_history.entry VALUES (149, 'retried', 7, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', '3eed869c254bf5a6d630c5468b700a4a8baa7bebea7da6ff406c5918df45a0b0', '9e09adda00e390a425a1a78f1618f8dd0f9436204e4cd27ffccbed27f46d7fdf');
INSERT INTO a_kept_history.entry VALUES (150, 'retried', 8, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', 'cd809ba50d0746f4554e08c20c17d7f59139b87d942d6e5241479d44780f7900', '99ccaacf8813d51e572aacfbdbbe3f0a24e7a5f7f7bace52bedf2a33c6b74231');
INSERT INTO a_kept_history.entry VALUES (151, 'retried', 9, 1767871260000000, 'run.retried', '', '{"by":"ann"}', NULL, '', '7fca6929338312c15915fbf07b54ac63f2d87a82c22e4f682d5b130c7463db57');
INSERT INTO a_kept_history.entry VALUES (152, 'retried', 10, 1767871260000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '9b2238038a8903c761fa8fedff5e298cec3b3a0bf18d9b1fed745b3e930cb452');
INSERT INTO a_kept_history.entry VALUES (153, 'retried', 11, 1767871260000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', '3eed869c254bf5a6d630c5468b700a4a8baa7bebea7da6ff406c5918df45a0b0', 'e302721b0c83c3516bc5b65cd197fccdbc5ff52e255546ee603e59a0bd29b14e');
INSERT INTO a_kept_history.entry VALUES (154, 'retried', 12, 1767871260000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', 'cd809ba50d0746f4554e08c20c17d7f59139b87d942d6e5241479d44780f7900', '92e9039d5eedb27005daa56c567e71cc39dec67344a44964e29c5fe4b13837e7');
INSERT INTO a_kept_history.entry VALUES (155, 'paused', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '93dd072d28aa774fb9fe04a72e344d0238a5ce60027de25e26705404e17a355b');
INSERT INTO a_kept_history.entry VALUES (156, 'paused', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a56030ab1634d87359ab","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', 'd4b0a7f2e16abc247762d4b39a042e133bf911b3aa17405f594b876565db3de6', 'aafe9813b7ed09c803d27c8dd6be19dc6fb9bc995f3c2b4af8dfd52adba6fc10');
INSERT INTO a_kept_history.entry VALUES (157, 'paused', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '098d49ca524dd11d37e8fdb092fd344aa27d2264f6cd827bf9e244bc0e91b174');
INSERT INTO a_kept_history.entry VALUES (158, 'paused', 4, 1767871260000000, 'run.paused', '', '{"by":"ann","mark":"15ca6aa41a62b51b"}', NULL, '', 'e03ce4d5242d8c495b6481ef8d78515c52583c229bd56ea1e7797031e289a091');
INSERT INTO a_kept_history.entry VALUES (159, 'paused-once', 1, 1767871260000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '58c73032e7104d3b865d63d083e98333c9f0ad225af5e9484b724850090cc6d3');
INSERT INTO a_kept_history.entry VALUES (160, 'paused-once', 2, 1767871260000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b9d56a5607b451be0dcdb1b71","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', 'ebaeb1f0de17acb6514b451545bd546da39d7a2dbf680f6fd7dd25f3d3946044', '99ec5a1a8f7af23ac8086474ec30cfb7ba6b277afbf060a85110f566b4ff34e4');
INSERT INTO a_kept_history.entry VALUES (161, 'paused-once', 3, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', 'ef70e9d4cbdfe60fd8c74c67d9bfc876c62b6d0f2427dea3552ad9b133b07c0a');
INSERT INTO a_kept_history.entry VALUES (162, 'paused-once', 4, 1767871260000000, 'run.paused', '', '{"by":"ann","mark":"0be442654161ce42"}', NULL, '', '49ab6251f50c422d0c644b84c6768415883ab33f07623e2d2b4426a8c99029a9');
INSERT INTO a_kept_history.entry VALUES (163, 'paused-once', 5, 1767871260000000, 'run.resumed', '', '{"by":"bob"}', NULL, '', '84bfba26e46886fce81ce83a41d32f66567090f6935aefc5e0301ae2b0394065');
INSERT INTO a_kept_history.entry VALUES (164, 'paused-once', 6, 1767871260000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', 'a9146f1f18e01261bf78d02afe5d53c16167ede577514ba8ffc991a712ea01ba');
INSERT INTO a_kept_history.entry VALUES (165, 'cancelled', 1, 1767871260000000, 'run.started', '', '{"workflow":"asks","version":"1","takes":"dict[str, int]"}', '{"input":{"of":1}}', '9853d1421ed5e64f22d025b770bdd9279cb707f3a6d9733638a47b664992d81c', 'c15e98ce1d9d200bfcbbd5f2ab387e5e2aa8d830fa3b41a9b99515b6fca2a1b9');
INSERT INTO a_kept_history.entry VALUES (166, 'cancelled', 2, 1767871260000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b9d56a560f0fe6fa25e52191a","name":"child task","asks":"approve","digest":"89deff716ea462c2cd98a824b39f6f68"}', '{"title":"child task for asks","value":{"of":1},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', 'cd853c9f5b5a3d15c800a2194a0de83289edcdb375f0c183024484860a7a060c', '8ae994bc523fbb93d047b43dee18809ea36bd265f24d705ddd367662e1e49774');
INSERT INTO a_kept_history.entry VALUES (167, 'cancelled', 3, 1767871260000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', 'a55e7b7b4fa86ff1a77cac3a863779d4bc0ba130cfd36aa011dacb652c05dfd0');
INSERT INTO a_kept_history.entry VALUES (168, 'cancelled', 4, 1767871260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b9d56a560f0fe6fa25e52191a","outcome":"cancelled","by":"ann","via":"run","withdrawn":true}', '{"reason":"The run ended: cancelled."}', 'bd2b93064752196d0e4e0743983e7b91225b12efc885fa4adbd80587ab6d4890', 'e0c004cd8b147dd70a0e27e2c25e740cd921db204a9b4cb5bed6243eda30abd2');
INSERT INTO a_kept_history.entry VALUES (169, 'cancelled', 5, 1767871260000000, 'run.finished', '', '{"status":"cancelled","by":"ann"}', '{"error":{"type":"cancelled","message":"no longer wanted","by":"ann"}}', 'fc68bac5e91f95cb6982371114d6beeb2edfa893678a180157dbc18ef8584ef1', '804378cad9830f48e584284b302901df3f9fa5e30a72ac54e466b9319a991e7d');
INSERT INTO a_kept_history.entry VALUES (170, 'erased', 1, 1767871260000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","takes":"dict[str, int]"}', NULL, '9586b81374ff2b0edfb62ea4bce0366a49b5abe3a52f13038c9dbb4c5fb71bcf', '4e6078170fb57c1378d8369f3855306e1f50c07bcdde1f1140d08f5f3770cfdd');
INSERT INTO a_kept_history.entry VALUES (172, 'erased', 3, 1767871260000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '95202a7bf392f3c7444a1dfdd084530a57f0d9b44d5feed5c313a43e306d7922');
INSERT INTO a_kept_history.entry VALUES (171, 'erased', 2, 1767871260000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b9d56a56094bf5e71d93a1013","name":"child task","asks":"approve","digest":"21373f747dada4cd2050afe8d0a0ec36","by":"ann"}', NULL, '0aafeb1d213055da45b10c1416e070ab1077083a25247bb36549e3d129cdff10', 'cf1a877623a6d8a221c307ebd6f24cd8d718f0ba1a0e81483ddd7f3d028a3b20');
INSERT INTO a_kept_history.entry VALUES (173, 'erased', 4, 1767871260000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b9d56a56094bf5e71d93a1013","by":"ann","via":"python","outcome":"rejected"}', NULL, 'c23e0e3e8eaa44d0dcc0e26ef00112997725cce090542c9794ee48ba15b7585d', '455a9d057e1ba8de7b083eeef244eb2fef9a26a7037db62d6780c1f63f36b63e');
INSERT INTO a_kept_history.entry VALUES (174, 'erased', 5, 1767871260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b9d56a56094bf5e71d93a1013","outcome":"rejected","by":"ann","via":"python"}', NULL, 'c23e0e3e8eaa44d0dcc0e26ef00112997725cce090542c9794ee48ba15b7585d', '9bb94c4e3ae58c997b29995d7f78d098b4ea51c40f2cfa0587dd5d06d81694d4');
INSERT INTO a_kept_history.entry VALUES (175, 'erased', 6, 1767871260000000, 'run.finished', '', '{"status":"succeeded"}', NULL, '12e24ba86dc33d7f976c6fd4fc16b29d5bf5aea9010b550b40899a502f2dbb3a', '161fe65cbc6dabbfe522207bebe1e185c36f51a679db614d5f1ca15992a2d104');
INSERT INTO a_kept_history.entry VALUES (176, 'erased', 7, 1767871260000000, 'payloads.erased', '', '{"by":"ann"}', NULL, '', '6ea92a861b20cf2314adf178f7d70582333c06c9f010c459061a002aebc4e281');
INSERT INTO a_kept_history.entry VALUES (177, 'parked', 1, 1767871260000000, 'run.started', '', '{"workflow":"changes","version":"1"}', NULL, '', 'f91c49ae4e46fdbf95e928ff2ea19d4e029682182c7763e3e3c01da0eea88466');
INSERT INTO a_kept_history.entry VALUES (178, 'parked', 2, 1767871260000000, 'step.started', 'original', '{"key":"original","name":"original","attempt":1,"digest":""}', NULL, '', '6482d9e7f11525cdf1b2a19f85b1915121d63aa58073d582436a237afd5ec578');
INSERT INTO a_kept_history.entry VALUES (179, 'parked', 3, 1767871260000000, 'step.finished', 'original', '{"key":"original","name":"original","attempt":1,"took":0}', '{"result":1}', '1deb2efa67ace39857182a5399c9253b4a9b797eb7d4530128aa43253f56cca1', 'a91859dd16af36305f596fb592133a97cf7040f3c9faf04fa53d629b35ff417b');
INSERT INTO a_kept_history.entry VALUES (180, 'parked', 4, 1767871260000000, 'task.opened', 'go on', '{"key":"go on","task":"task_019b9d56a5609da43c28ce81bedd","name":"go on","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"go on for changes"}', 'a07c305bc3482099c8a7a236f2527015ac9c83f2a0d84111c32a46d52495e304', 'e4651efd48aae2a2e9144a72c0f28ce6604b96cf80f31cfb5b8a2e47770e4d6f');
INSERT INTO a_kept_history.entry VALUES (181, 'parked', 5, 1767871260000000, 'run.waiting', '', '{"on":["go on"]}', NULL, '', '9d38345e1a749bbdbbb21c77f5bd4efe575dd15e6b9118c67054d7ed62f3fe82');
INSERT INTO a_kept_history.entry VALUES (182, 'parked', 6, 1767871260000000, 'task.answered', 'go on', '{"key":"go on","task":"task_019b9d56a5609da43c28ce81bedd","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'f4ca239385b76c6b3224182497cc6c861d0b08bf7c50e098dfc5ee1715681248');
INSERT INTO a_kept_history.entry VALUES (183, 'parked', 7, 1767871260000000, 'task.closed', 'go on', '{"key":"go on","task":"task_019b9d56a5609da43c28ce81bedd","outcome":"approved","by":"ann","via":"python"}', NULL, '', '867783a94093735722a36aec0133189916332cf3e74f6aa1ecfc3732aa825fb7');
INSERT INTO a_kept_history.entry VALUES (184, 'parked', 8, 1767871260000000, 'run.parked', '', '{"code":"journal_mismatch"}', '{"reason":"Run ''parked'' recorded the step ''original'' here, but the code now asks for the step ''renamed''. Restore the old order, or register the change as a new version."}', '0c7a2fe52c803a754103f83cfe97d411163ed168201ba93d9f73d352177887ac', 'b0e1c923e575a1a344cb2b6756e8faf822204344f3674a0f4b859dd970882c11');
INSERT INTO a_kept_history.migration VALUES (1, '9d938ae32ee9ffad5e0b068aab6dcce1cd523e0ff62619228a0849dd8f8119dd', '2026-11-27 23:02:10.226656+00');
INSERT INTO a_kept_history.migration VALUES (2, '21b7445ed33bccb94f04d50e985c915bb6e8064a88157cfff19e5fb38c5878f4', '2026-11-27 23:02:10.226656+00');
INSERT INTO a_kept_history.migration VALUES (3, '8991612791d04e5aebd640ba9bc70d429058bd2a8a05e2bdd950608ed1e6edd1', '2026-11-27 23:02:10.226656+00');
INSERT INTO a_kept_history.migration VALUES (4, '4a4b657f03091d575bb7c195c5291198da736fbec6f2daafee18d2d27272c242', '2026-11-27 23:02:10.226656+00');
INSERT INTO a_kept_history.migration VALUES (5, 'd48a40a03e90f19d308109fa680cf15256ffbab49ca10f8658c13936b14cf686', '2026-11-27 23:02:10.226656+00');
INSERT INTO a_kept_history.run VALUES ('everything.asks', 'asks', '1', 'succeeded', 6, 'fe65ca58e975baaf43acf51933577214c9d784ee08b99d7a07f8bb0f665dfabe', 'ann', '{}', 'everything', 'everything', 1767604201000000, 1767604260000000, 1767604260000000, '{"salt":"bf2e035058d89aa0","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('everything', 'everything', '1', 'waiting', 30, 'f03dd9fa7e351f46c76d56b101f8d553680aea16b8b04982a42d831e6dffd027', 'ann', '{"team":"a"}', 'everything', NULL, 1767603600000000, 1767604260000000, NULL, '{"salt":"d9faab0c52535961","waiting_for":["refund"],"names":{"refund":1}}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('succeeded.asks', 'asks', '1', 'succeeded', 6, 'f0911bdd46fe95e89edcfb1974a3ffd75dfd654e724b4fbe8dd390d628217cfd', NULL, '{}', 'succeeded', 'succeeded', 1767604860000000, 1767604860000000, 1767604860000000, '{"salt":"1b3d581634ff2025","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('succeeded', 'everything', '1', 'succeeded', 32, '7c7d0dd93a2da20cdc204ebeff16983f7105b356f97d28459ff623b94a45b25c', NULL, '{}', 'succeeded', NULL, 1767604260000000, 1767604860000000, 1767604860000000, '{"salt":"f36009d615639608","names":{"refund":1,"color":1,"words":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('agreed', 'agrees', '1', 'succeeded', 10, '3ad8177177339e71f63e1f5573ac94f0f9a76c88808acd54bd527c3b986c59a9', 'rob', '{}', 'agreed', NULL, 1767604860000000, 1767604860000000, 1767604860000000, '{"salt":"3e4f4ba8ea08427e","names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('taken-back', 'agrees', '1', 'paused', 7, '8bc20762bd24f5a823dd14a9f3977bb46ccf38d90c60311149aca8069c31fb35', 'rob', '{}', 'taken-back', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"26d968f4d546806b","waiting_for":["agree"],"names":{"agree":1},"mark":"ecb1b6a9f8024aa4"}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('timed-out', 'times_out', '1', 'timed_out', 4, 'd1e61afea6b44706cc4710a98c4249930e9aa88a26dfa25bd6e95eeee8850697', NULL, '{}', 'timed-out', NULL, 1767864060000000, 1767867660000000, 1767867660000000, '{"salt":"661de663dcdc0184","timeout":3600.0,"spent":3600.0,"counts_waiting":false}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('races', 'races', '1', 'waiting', 16, '986484ae5e77e2134ccbd672a1e63c4b20cc3bee7f7cd152a2e46639a1eb7f33', NULL, '{}', 'races', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"f66d82f70045d4fc","waiting_for":["last"],"names":{"never answered":1,"quick":1,"last":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('asked-back', 'agrees', '1', 'waiting', 8, '5dbf6a5aa34ca050de7f7bcc4693c03f9f0bce25d4412e27e61941415c7925bb', 'rob', '{}', 'asked-back', NULL, 1767864060000000, 1767864060000000, NULL, '{"salt":"041b828094409ca2","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('handed-on', 'agrees', '1', 'waiting', 7, 'f25834657442bf09a102aeb35364800ddee247254a5292244582981432283d82', 'rob', '{}', 'handed-on', NULL, 1767604860000000, 1767867660000000, NULL, '{"salt":"8f2345dadf3a85ac","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('reassigned', 'agrees', '1', 'waiting', 5, '52ef0c219a72acf267da40dfc7a9d543b5ad9d3e72b49aa55e255c10c9c5fda3', 'rob', '{}', 'reassigned', NULL, 1767864060000000, 1767867660000000, NULL, '{"salt":"6d9309e3b67e982d","waiting_for":["agree"],"names":{"agree":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('asleep', 'sleeps', '1', 'waiting', 3, 'e4ea1e8b4d2b403984075ea90d78254d44cbd7ee2d89e05b0ede420899eec6a8', NULL, '{}', 'asleep', NULL, 1767864060000000, 1767864060000000, NULL, '{"salt":"6ca96f91a07a6b7e","waiting_for":["sleep_until"]}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('failed', 'ships', '1', 'failed', 8, '49f156f510d395f097ca5a0a5153e4eaf02527230d5b29a15b15473b6e0a10f8', NULL, '{}', 'failed', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"f8f260acc4964f84","names":{"ship it":1}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('retried', 'ships', '1', 'failed', 12, '92e9039d5eedb27005daa56c567e71cc39dec67344a44964e29c5fe4b13837e7', NULL, '{}', 'retried', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"5e7902044af52b66","names":{"ship it":1}}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('paused', 'ships', '1', 'paused', 4, 'e03ce4d5242d8c495b6481ef8d78515c52583c229bd56ea1e7797031e289a091', NULL, '{}', 'paused', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"7e90c86becfcc350","waiting_for":["ship it"],"names":{"ship it":1},"mark":"15ca6aa41a62b51b"}', NULL, 2);
INSERT INTO a_kept_history.run VALUES ('cancelled', 'asks', '1', 'cancelled', 5, '804378cad9830f48e584284b302901df3f9fa5e30a72ac54e466b9319a991e7d', NULL, '{}', 'cancelled', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"2fe86ebffd558f15","names":{"child task":0}}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('erased', 'asks', '1', 'succeeded', 7, '6ea92a861b20cf2314adf178f7d70582333c06c9f010c459061a002aebc4e281', 'ann', '{}', 'erased', NULL, 1767871260000000, 1767871260000000, 1767871260000000, '{"salt":"","names":{"child task":1},"signals":[{},[],{},[]]}', NULL, 1);
INSERT INTO a_kept_history.run VALUES ('paused-once', 'ships', '1', 'waiting', 6, 'a9146f1f18e01261bf78d02afe5d53c16167ede577514ba8ffc991a712ea01ba', NULL, '{}', 'paused-once', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"48e979d46789007a","waiting_for":["ship it"],"names":{"ship it":1}}', NULL, 3);
INSERT INTO a_kept_history.run VALUES ('parked', 'changes', '1', 'parked', 8, 'b0e1c923e575a1a344cb2b6756e8faf822204344f3674a0f4b859dd970882c11', NULL, '{}', 'parked', NULL, 1767871260000000, 1767871260000000, NULL, '{"salt":"7d32c140168c1880","waiting_for":["go on"],"names":{"go on":1},"parked":"journal_mismatch"}', NULL, 2);
INSERT INTO a_kept_history.task VALUES ('task_019b8d6ba628824a22916b1bec6d', 'everything.asks', 'everything', 'asks', 2, 'child task', 'approve', 'closed', 'approved', 'child task for asks', '[]', 1767604201000000, NULL, 0, '{"answers":[[1767604260000000,"bob","approved","python",null,"why not"]],"closing":[1767604260000000,"approved","bob","python","why not",false]}', NULL, '', 'child task for asks
child task
everything.asks
asks');
INSERT INTO a_kept_history.task VALUES ('task_019b8d6c8ca02d3c7f9f87d4fdfd', 'everything', 'everything', 'everything', 23, 'refund', 'approve', 'claimed', NULL, 'Refund the order?', '["ann","group:finance"]', 1767604260000000, 1770196260000000, 2, '{"owner":"ann","comments":[[1767604260000000,"bob","Is this right?"]]}', NULL, 'teama', 'refund the order?
refund
everything
everything');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b46042b81cb05da171f6', 'succeeded.asks', 'succeeded', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', 'child task for asks', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"bob","rejected","python",null,"no"]],"closing":[1767604860000000,"rejected","bob","python","no",false]}', NULL, '', 'child task for asks
child task
succeeded.asks
asks');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460dc942b53cac19c53', 'succeeded', 'succeeded', 'everything', 20, 'refund', 'approve', 'closed', 'approved', 'Refund the order?', '["ann","group:finance"]', 1767604860000000, 1770196860000000, 2, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}', NULL, 'teama', 'refund the order?
refund
succeeded
everything');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b4608c01a9f0001b3d3f', 'succeeded', 'succeeded', 'everything', 24, 'color', 'choose', 'closed', 'answered', 'color for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",["blue"],null]],"closing":[1767604860000000,"answered","ann","python",null,false]}', NULL, '', 'color for everything
color
succeeded
everything');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460c3904acfa8a48077', 'succeeded', 'succeeded', 'everything', 28, 'words', 'ask', 'closed', 'answered', 'words for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",{"amount":2.5,"note":"ü"},null]],"closing":[1767604860000000,"answered","ann","python",null,false]}', NULL, '', 'words for everything
words
succeeded
everything');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b46057027f43cc62f028', 'races', 'races', 'races', 4, 'quick', 'approve', 'closed', 'approved', 'quick for races', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}', NULL, '', 'quick for races
quick
races
races');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460e1e1f39e2b0bad89', 'races', 'races', 'races', 3, 'never answered', 'approve', 'closed', 'cancelled', 'never answered for races', '[]', 1767604860000000, 1767612060000000, 0, '{"closing":[1767604860000000,"cancelled",null,"workflow",null,true]}', NULL, '', 'never answered for races
never answered
races
races');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460007398f28f8c8607', 'races', 'races', 'races', 15, 'last', 'approve', 'open', NULL, 'last for races', '[]', 1767604860000000, NULL, 0, '{}', NULL, '', 'last for races
last
races
races');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b46076d22eec078a143c', 'agreed', 'agreed', 'agrees', 2, 'agree', 'approve', 'closed', 'edited', 'agree for agrees', '["role:ceo"]', 1767604860000000, 1768296060000000, 0, '{"answers":[[1767604860000000,"ann","approved","python",null,null],[1767604860000000,"bob","edited","python",{"amount":30},null],[1767604860000000,"eve","approved","python",null,null],[1767604860000000,"cleo","approved","python",null,null]],"closing":[1767604860000000,"edited","cleo","python",null,false],"stage":1,"assigned":["role:ceo"],"since":3,"edit":[1]}', 'high', '', 'agree for agrees
agree
agreed
agrees');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460475da25ec24da081', 'taken-back', 'taken-back', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["ann","bob","eve"]', 1767604860000000, 1768296060000000, 0, '{"answers":[[1767604860000000,"leo","rejected","python",null,"no",null,true,true]],"clocks":[1768296060000000,null,null]}', 'high', '', 'agree for agrees
agree
taken-back
agrees');
INSERT INTO a_kept_history.task VALUES ('task_019b9ce8c860329b9e7de37cc4a0', 'asked-back', 'asked-back', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["ann","bob","eve","fay"]', 1767864060000000, NULL, 0, '{"comments":[[1767864060000000,"fay","Why?"],[1767864060000000,"rob","Because."]],"delegations":[["ann","fay"]],"attached":[["note","https://example.com/note","ann"]],"question":[1767864060000000,"ann","Why now?",144000000000,3600000000,57600000000],"clocks":[null,null,null]}', 'high', '', 'agree for agrees
agree
asked-back
agrees');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460e86485e81b3690e5', 'handed-on', 'handed-on', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["gus"]', 1767604860000000, 1768296060000000, 0, '{"assigned":["gus"],"clocks":[1768296060000000,1767954060000000,1767950460000000],"escalations":{"after":28800000000,"to":["hal"],"then":"reject"},"escalated":1,"reminded":3}', 'high', '', 'agree for agrees
agree
handed-on
agrees');
INSERT INTO a_kept_history.task VALUES ('task_019b9ce8c8605f1f12d51c8cbd9a', 'reassigned', 'reassigned', 'agrees', 2, 'agree', 'approve', 'open', NULL, 'agree for agrees', '["fay","group:finance"]', 1767864060000000, 1768468860000000, 0, '{"assigned":["fay","group:finance"],"clocks":[1768468860000000,1767954060000000,1768209660000000],"reminded":1}', 'high', '', 'agree for agrees
agree
reassigned
agrees');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560e711c9a896612c56', 'failed', 'failed', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}', NULL, '', 'ship it for ships
ship it
failed
ships');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560b585943e8847d7bb', 'retried', 'retried', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}', NULL, '', 'ship it for ships
ship it
retried
ships');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a56030ab1634d87359ab', 'paused', 'paused', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{}', NULL, '', 'ship it for ships
ship it
paused
ships');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a5607b451be0dcdb1b71', 'paused-once', 'paused-once', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767871260000000, NULL, 0, '{}', NULL, '', 'ship it for ships
ship it
paused-once
ships');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a560f0fe6fa25e52191a', 'cancelled', 'cancelled', 'asks', 2, 'child task', 'approve', 'closed', 'cancelled', 'child task for asks', '[]', 1767871260000000, NULL, 0, '{"closing":[1767871260000000,"cancelled","ann","run","The run ended: cancelled.",true]}', NULL, '', 'child task for asks
child task
cancelled
asks');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a56094bf5e71d93a1013', 'erased', 'erased', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', '', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","rejected","python",null,null]],"closing":[1767871260000000,"rejected","ann","python",null,false]}', NULL, '', '
child task
erased
asks');
INSERT INTO a_kept_history.task VALUES ('task_019b9d56a5609da43c28ce81bedd', 'parked', 'parked', 'changes', 4, 'go on', 'approve', 'closed', 'approved', 'go on for changes', '[]', 1767871260000000, NULL, 0, '{"answers":[[1767871260000000,"ann","approved","python",null,null]],"closing":[1767871260000000,"approved","ann","python",null,false]}', NULL, '', 'go on for changes
go on
parked
changes');
INSERT INTO a_kept_history.timer VALUES ('everything', 'task:task_019b8d6c8ca02d3c7f9f87d4fdfd', 1770196260000000);
INSERT INTO a_kept_history.timer VALUES ('taken-back', 'task:task_019b8d75b460475da25ec24da081', 1768296060000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'task:task_019b8d75b460e86485e81b3690e5', 1768296060000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'escalate:task_019b8d75b460e86485e81b3690e5', 1767950460000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'task:task_019b9ce8c8605f1f12d51c8cbd9a', 1768468860000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'escalate:task_019b9ce8c8605f1f12d51c8cbd9a', 1768209660000000);
INSERT INTO a_kept_history.timer VALUES ('asleep', 'sleep_until', 1769904000000000);
INSERT INTO a_kept_history.timer VALUES ('handed-on', 'remind:task_019b8d75b460e86485e81b3690e5', 1767954060000000);
INSERT INTO a_kept_history.timer VALUES ('reassigned', 'remind:task_019b9ce8c8605f1f12d51c8cbd9a', 1767954060000000);
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
CREATE INDEX candidate_order ON a_kept_history.candidate USING btree (who, priority DESC, opened, task);
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
CREATE TRIGGER find_candidate BEFORE INSERT OR UPDATE ON a_kept_history.candidate FOR EACH ROW WHEN ((new.words IS NULL)) EXECUTE FUNCTION a_kept_history.find_candidate();
CREATE TRIGGER find_task BEFORE INSERT OR UPDATE ON a_kept_history.task FOR EACH ROW WHEN ((new.words IS NULL)) EXECUTE FUNCTION a_kept_history.find_task();
CREATE TRIGGER find_title BEFORE UPDATE ON a_kept_history.task FOR EACH ROW WHEN (((new.title <> old.title) AND (new.words = old.words))) EXECUTE FUNCTION a_kept_history.find_task();
