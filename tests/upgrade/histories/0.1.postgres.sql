CREATE SCHEMA a_kept_history;
CREATE FUNCTION a_kept_history.commit_7b006d6b67b8(me bigint, lock bigint, channel text, wake text, run_id text[], run_workflow text[], run_version text[], run_status text[], run_number bigint[], run_head text[], run_by text[], run_labels text[], run_root text[], run_parent text[], run_created bigint[], run_updated bigint[], run_finished bigint[], run_state text[], run_expected bigint[], run_fence bigint[], entry_run text[], entry_number bigint[], entry_at bigint[], entry_kind text[], entry_key text[], entry_body text[], entry_payload text[], entry_digest text[], entry_hash text[], task_id text[], task_run text[], task_root text[], task_workflow text[], task_number bigint[], task_name text[], task_kind text[], task_status text[], task_outcome text[], task_title text[], task_who text[], task_opened bigint[], task_due bigint[], task_priority bigint[], task_state text[], candidate_who text[], candidate_task text[], timer_run text[], timer_key text[], timer_due bigint[], erased text[]) RETURNS TABLE(first bigint, before bigint, run text, number bigint, fenced boolean)
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
                using unnest(task_id, task_status) as t (id, status), unnest(candidate_who, candidate_task)
                    as given (who, task)
                where t.status = 'closed' and given.task = t.id and c.who = given.who and c.task = t.id;
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
INSERT INTO a_kept_history.candidate VALUES ('ann', 'task_019b8d6c8ca054174551e0ab94ae');
INSERT INTO a_kept_history.candidate VALUES ('group:finance', 'task_019b8d6c8ca054174551e0ab94ae');
INSERT INTO a_kept_history.entry VALUES (1, 'everything', 1, 1767603600000000, 'run.started', '', '{"workflow":"everything","version":"1","by":"ann","labels":{"team":"a"},"takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":7,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"1.20"}}},{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"ink","price":{"$":"decimal","v":"7.80"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]},"due":{"$":"date","v":"2026-03-01"}}}}', '3e48eff11233ee930a2075815472386c7f2a8d350d27b5e655e949e4a6f54c8c', '831d8f7056433113b97aa1e0b85fb50ba01dd36831ee5fa146be66dac71346e3');
INSERT INTO a_kept_history.entry VALUES (2, 'everything', 2, 1767603600000000, 'run.recovered', '', '{}', NULL, '', '8b46c78446fe77c38b339515484a919f2710a6f5f8a705b980a6deaf01a86879');
INSERT INTO a_kept_history.entry VALUES (3, 'everything', 3, 1767603600000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["GOLD"]}}}', '3e7db9e494d14a07522ff2462bc0ec0de4166b8d0af41664e81ffeb43a8cbb3e', 'ca4921dede100cb90c725eb529a575e2c4bbf583df5229683018fb756b39ab6f');
INSERT INTO a_kept_history.entry VALUES (4, 'everything', 4, 1767603600000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', '15db554ff2998823e1ec7f3bb9ea4b6addb0a98e98fc75f82d52e2b5b6246bc8', 'a7b158ae1fcaa557c119cb3dcf1cc8118b5535b7f5d2f485d3a755f18cbd3040');
INSERT INTO a_kept_history.entry VALUES (5, 'everything', 5, 1767603600000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"f839c6406709a262","returns":"Decimal"}', NULL, '', 'd790199cef7c29cf4f7855a37bc945519e4ac7648ee6b2732d0d5d2f22eae3b9');
INSERT INTO a_kept_history.entry VALUES (6, 'everything', 6, 1767603600000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"9.00"}}', '28db4a314503245c3001de03a9ad06ef131a1f0bdcac8a867d744fa208a11e9e', '39eafcdcf380b47e9dd1d8a41f895c0662d915488b92f4a4cd3f0f3894d4b6be');
INSERT INTO a_kept_history.entry VALUES (7, 'everything', 7, 1767603600000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', 'a94fb63b609bba6631fcdf9ebf44e64b8733c66a7c3ff95880881695bff10ff6');
INSERT INTO a_kept_history.entry VALUES (8, 'everything', 8, 1767603600000000, 'step.retrying', 'charge', '{"key":"charge","name":"charge","attempt":1,"due":1767603601000000}', '{"error":{"type":"builtins:ConnectionError","message":"the bank did not answer about 9.00","args":["the bank did not answer about 9.00"],"attributes":{},"trace":"ConnectionError: the bank did not answer about 9.00\n"}}', 'bc01e62868ea4e49a70e405df2b3153cdcd467086655f54c73acc66013316234', 'bcb3da042a6f58bdaef2be2e671ff9a7df27f2123446d5e22e815ac39e9c637f');
INSERT INTO a_kept_history.entry VALUES (9, 'everything', 9, 1767603601000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":2,"digest":"e8ebc0bb20b50186","returns":"dict[Any, Any]"}', NULL, '', 'b7ce2015540cec51f54e29d2120d85208a99b2c8ce16a048f0b64e14b8668349');
INSERT INTO a_kept_history.entry VALUES (10, 'everything', 10, 1767603601000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":2,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"9.00"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', 'c7d06c5ac595ff80c3d161ceb4a891d7ef93543f3d31127476cffa781da30bd2', '142b2fd0b3774bc789a8977e841306a16de3cd1ef43db859a454b467e3e2e86a');
INSERT INTO a_kept_history.entry VALUES (11, 'everything', 11, 1767603601000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', '10480c677672c69c4daf2687400b80cbdaa505b2541cdf49f45962c4c13f453c');
INSERT INTO a_kept_history.entry VALUES (12, 'everything', 12, 1767603601000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', '3e8fc7d7568cfc8c0ad40b0185d30045ae5fc0badcfd43d7dc2f33da530d7a21', 'ffdfaf6cad112110cb9bed341c18556dcfca43a6829d7dd19519c9a895dded27');
INSERT INTO a_kept_history.entry VALUES (13, 'everything', 13, 1767603601000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"9.00"}}}', 'b177153f2ad7c3542dae6e5341f9b291cf451647fcf94ad8c4d66a7261090b17', 'c99e4cdaaf81efaf7c2fdcec1f4c361f7365742ca4aee09cecd3a372c9ab8ac0');
INSERT INTO a_kept_history.entry VALUES (14, 'everything', 14, 1767603601000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0}}', '854e58d5f940c899813e7b01badda4632da17d73952dd8d3ef1001a3b5f32bcf', 'd5bb649852def1dd0e59ecc463a62decf1084451d74f9e717bddf26393e06969');
INSERT INTO a_kept_history.entry VALUES (15, 'everything', 15, 1767603601000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"ea239d26-0df2-4fee-bc2a-f77907269a7c"}}', 'e0654d4f0576eaf671f9126d555ce5d1e9a58a1f3622a264dd4beb3a4cda61a0', 'f1c213a8b398bac0018c28fa672c9534b5af3ba54403b15b226115f377819366');
INSERT INTO a_kept_history.entry VALUES (16, 'everything', 16, 1767603601000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.6801425999574419}', '06091c69f70e8ec112ad03e81c1f00c3d2c42d623dcba08bd550e51ca421a8db', 'c5a3f7b005344d8d85b9381f4b37f7831f78d7c0ed61936b9c260912215b571c');
INSERT INTO a_kept_history.entry VALUES (17, 'everything', 17, 1767603601000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604201000000}', NULL, '', '43e22d31d9368642dc51a828d2dd9fe3640673ef0e81c0ca00dcc72e3e2dae94');
INSERT INTO a_kept_history.entry VALUES (18, 'everything', 18, 1767603601000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', 'c9e5aa34e4d4e09887a89eb7a2c567a41393f8e79eab141d8e4ed904b8a8e790');
INSERT INTO a_kept_history.entry VALUES (19, 'everything', 19, 1767604201000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', 'bcba4d7adcacb139390fd89b7edc8d8e07501983a42b1ced599a4e6f27603026');
INSERT INTO a_kept_history.entry VALUES (20, 'everything.asks', 1, 1767604201000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","root":"everything","parent":"everything","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":7}}', '33c6620c32265f8d6da9df4ce4a9697a9e120f37457a211164f265f692d13595', '2b651e29588c85ef9b259ed22a41951053148f7e583afa710900a35783565239');
INSERT INTO a_kept_history.entry VALUES (21, 'everything', 20, 1767604201000000, 'child.started', 'asks', '{"key":"asks","child":"everything.asks","digest":"6d10a62e97a46fc9"}', NULL, '', 'b736d13ed8683d5e2827f49f4976ed15d1de658126aaf1360010db736e210c96');
INSERT INTO a_kept_history.entry VALUES (22, 'everything.asks', 2, 1767604201000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d6ba62816ed54aee0846ccf","name":"child task","asks":"approve","digest":"3108422d164e70fd1be38c1a7c8a46bc","by":"ann","path":["asks"]}', '{"title":"child task for asks","value":{"of":7},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', '6b2eb5bea45d6cbe438ababaabac84eed1872b9ed488f337c7f802c43b6f5a8d', '23d1cf0f8cc5d912e431c75523197b3d5e7895d02aa1ef1bea8519e97c2c2c24');
INSERT INTO a_kept_history.entry VALUES (23, 'everything.asks', 3, 1767604201000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', 'c474d3c2c792bee7e579e82a5edb1c0e325214b4c945e8e628af159633d0112b');
INSERT INTO a_kept_history.entry VALUES (24, 'everything', 21, 1767604201000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', '37b537b966ff62bf2261b6b4c9d82a9e3ce3e82576b371739539c503711c3cc3');
INSERT INTO a_kept_history.entry VALUES (25, 'everything.asks', 4, 1767604260000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d6ba62816ed54aee0846ccf","by":"bob","via":"python","outcome":"approved"}', '{"reason":"why not"}', '28b7bbd1cdcf3a728d1c357c6599e6bf7d5e56032f5de19efe672bb715454646', '77805f018e94338ac6c99efcfaefcf44854a0bb44b23d6d39b89c603b1069349');
INSERT INTO a_kept_history.entry VALUES (26, 'everything.asks', 5, 1767604260000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d6ba62816ed54aee0846ccf","outcome":"approved","by":"bob","via":"python"}', '{"reason":"why not"}', '28b7bbd1cdcf3a728d1c357c6599e6bf7d5e56032f5de19efe672bb715454646', '743797beab99fbef5d03fe8eb337f331c52f9d406b888f0eaf64859dd39d537b');
INSERT INTO a_kept_history.entry VALUES (27, 'everything.asks', 6, 1767604260000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"approved by bob"}', '1035938a754155013babfa558d164862c378fcbae9565ad53fff720b032c6273', 'c9ffae3b0e67940e212150d64bd99d7b9c187b36ae637a6b343503e07af4873a');
INSERT INTO a_kept_history.entry VALUES (28, 'everything', 22, 1767604260000000, 'child.finished', 'asks', '{"key":"asks","child":"everything.asks","status":"succeeded"}', '{"output":"approved by bob"}', 'ee9ba53ba0a05bd95b5b24396d33289882decdb0450c30dd58b6d1a69d00647a', '813cb691539d6ea8cfb11cac66c0d4d420786b4f30ad4d539f0af5b8ace9d57c');
INSERT INTO a_kept_history.entry VALUES (29, 'everything', 23, 1767604260000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d6c8ca054174551e0ab94ae","name":"refund","asks":"approve","digest":"3795f0ffee898a0fc3e982ee02785102","to":["ann","group:finance"],"by":"ann","labels":{"team":"a"},"priority":2,"due":1770196260000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"9.00"},"at":{"$":"datetime","v":"2026-01-05T09:00:01","offset":0},"id":{"$":"uuid","v":"ea239d26-0df2-4fee-bc2a-f77907269a7c"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', '0271d28c4fa8e31c8e0c773acd8d65298fc6a44879d83a52add4a87a41f0b20c', 'a426dc8d8693f7b685645fca5f8c1baa3c458ab3324b5108b1cdca28f8b6c672');
INSERT INTO a_kept_history.entry VALUES (30, 'everything', 24, 1767604260000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', 'aab7793d51e8bdc336369a811f86f58537f129dfc4bf1a6f7ef71418377db388');
INSERT INTO a_kept_history.entry VALUES (31, 'everything', 25, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca054174551e0ab94ae","by":"eve","via":"python","status":"ineligible","outcome":"approved"}', '{"why":"eve may not answer this task: it is assigned to ann, group:finance."}', '941cb700e4e309d1f96d9efd462ac43b1aaa4e37dec4192ce61d498ad7e7ffa5', 'b5b4b5764978c0c73938622a5d14833d6b9892b7fcb8fc17e8d30e3e5429dfcd');
INSERT INTO a_kept_history.entry VALUES (32, 'everything', 26, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca054174551e0ab94ae","by":"ann","via":"python"}', NULL, '', '608cb275c17c9d150fe72bce64993e2881de4d8e757c3602e7d131adff8003cc');
INSERT INTO a_kept_history.entry VALUES (33, 'everything', 27, 1767604260000000, 'task.released', 'refund', '{"key":"refund","task":"task_019b8d6c8ca054174551e0ab94ae","by":"ann","via":"python"}', NULL, '', 'b08ee62825b2afe930b5baba76f98ad98acedcc40164242729d97f9d9e3fbd4f');
INSERT INTO a_kept_history.entry VALUES (34, 'everything', 28, 1767604260000000, 'task.refused', 'refund', '{"key":"refund","task":"task_019b8d6c8ca054174551e0ab94ae","by":"ann","via":"python","status":"invalid","outcome":"edited"}', '{"value":{"total":"not a number"},"why":"The value does not fit: /total: Input should be a valid decimal; /at: Field required; /id: Field required."}', 'ac54ee03c3f249da1b1904d75dd11cdb2dc593deac0f01d0eaf7a5723f4a0f83', '81618522ba584c13854f64c33725df9cfbe16ef30f9310da40b0052ea4384993');
INSERT INTO a_kept_history.entry VALUES (35, 'everything', 29, 1767604260000000, 'task.commented', 'refund', '{"key":"refund","task":"task_019b8d6c8ca054174551e0ab94ae","by":"bob","via":"python"}', '{"text":"Is this right?"}', '2ddb303f6252a0dc0d297082fd5d4b0657ec93f55a4fe72471880130fca511f8', '2f3c4fb84e1c44340568bbe30249235edfee30071b1b8cc0b0c7f4a0d5bea9d7');
INSERT INTO a_kept_history.entry VALUES (36, 'everything', 30, 1767604260000000, 'task.claimed', 'refund', '{"key":"refund","task":"task_019b8d6c8ca054174551e0ab94ae","by":"ann","via":"python"}', NULL, '', 'dfdb1b5b853ca52a48badfacc07c295481037dfd88b0477412d35c7bacf440bf');
INSERT INTO a_kept_history.entry VALUES (37, 'succeeded', 1, 1767604260000000, 'run.started', '', '{"workflow":"everything","version":"1","takes":"tests.upgrade.workflows:Order"}', '{"input":{"$":"model","t":"tests.upgrade.workflows:Order","f":"b00c57e4","v":{"number":8,"lines":[{"$":"data","t":"tests.upgrade.workflows:Line","f":"21a5db2d","v":{"article":"pen","price":{"$":"decimal","v":"0.50"}}}],"tier":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"due":null},"set":["lines","number"]}}', 'e627d628ab2fb22549a2e69d7de6d2ac80a7b5eaf874a1132ea1e1b115f49dba', 'fe89ed3f1950b84c0ecda99e96701d92fc41e71f468bd0d704c6cfa15b6a9e4d');
INSERT INTO a_kept_history.entry VALUES (38, 'succeeded', 2, 1767604260000000, 'state.changed', 'state', '{"key":"state"}', '{"state":{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]}}}', 'faa805ffd61d9f33e26b0cd3cd1d4067f31d53987202680ea88cb5cc2033c1ac', '4ca71e31dad563f1a6b00d9be39be2b304be088057d0dcf2a4c21ba68eb2e47b');
INSERT INTO a_kept_history.entry VALUES (39, 'succeeded', 3, 1767604260000000, 'state.changed', 'state#2', '{"key":"state#2"}', '{"state":{"scratch":1}}', 'e62e9e95a51227547959cb282be03c84b6dcd1e1502fd7ac81e60569ac78e566', '240e95f775ba6c3bdb9018db8f44801b82daf5846a0aee21f888e83b02af192b');
INSERT INTO a_kept_history.entry VALUES (40, 'succeeded', 4, 1767604260000000, 'step.started', 'total', '{"key":"total","name":"total","attempt":1,"digest":"1a8a5896b0fff1ce","returns":"Decimal"}', NULL, '', '77a6e2d7ccdd1ca869700147d2c328b64a61c306f86022ab2e21fbfdb3e1e6c8');
INSERT INTO a_kept_history.entry VALUES (41, 'succeeded', 5, 1767604260000000, 'step.finished', 'total', '{"key":"total","name":"total","attempt":1,"took":0}', '{"result":{"$":"decimal","v":"0.50"}}', 'f5d7c55bab3cab8b900905e4454625731692900b21b7aef945773d32cde48b9f', 'bd54fe3b409f6b6cb0fddf0f7684238c4990250049ea2ced2055aa6f4956cb01');
INSERT INTO a_kept_history.entry VALUES (42, 'succeeded', 6, 1767604260000000, 'step.started', 'charge', '{"key":"charge","name":"charge","attempt":1,"digest":"67dcf232860f5575","returns":"dict[Any, Any]"}', NULL, '', 'ce4487433be2afd097ac82711e7008b4dbe8ae7897fa11fb207a8112d7da59b9');
INSERT INTO a_kept_history.entry VALUES (43, 'succeeded', 7, 1767604260000000, 'step.finished', 'charge', '{"key":"charge","name":"charge","attempt":1,"took":0}', '{"result":{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]}}', '00725708b2e5b000fbebf5bccbb15dd08654a7c458812313bfeb0bfe787d4092', 'fe4ae2f8e2d5241f63c14806f9b2db2390eb8e749a696f0e97e2eb84192567ae');
INSERT INTO a_kept_history.entry VALUES (44, 'succeeded', 8, 1767604260000000, 'step.started', 'note', '{"key":"note","name":"note","attempt":1,"digest":"38d4cb453f15b186","returns":"None"}', NULL, '', '570ec32dc81834a5e9f6142aee14a8c581bb274654a0b63afb3165f6ef87241b');
INSERT INTO a_kept_history.entry VALUES (45, 'succeeded', 9, 1767604260000000, 'step.finished', 'note', '{"key":"note","name":"note","attempt":1,"took":0}', '{"state":{"noted":[1],"scratch":{"$":"gone"}}}', 'e38bea80ac05eb24edfb799b35510c029d872013c64d36ae343019526fceb530', '23d43633dfb254689c1f8b9bf7ee351759fda5c2528de954b73cbd8f69511514');
INSERT INTO a_kept_history.entry VALUES (46, 'succeeded', 10, 1767604260000000, 'event.emitted', 'emit:order.charged', '{"key":"emit:order.charged","name":"order.charged"}', '{"data":{"amount":{"$":"decimal","v":"0.50"}}}', 'acb185893c7a80dd0909b81caba9650ade34301cb598efd18d75f14532d79dbf', '3adb99f7fb6fb59756348df2985a41c485a2e276d1624581f85632dad6c7922d');
INSERT INTO a_kept_history.entry VALUES (47, 'succeeded', 11, 1767604260000000, 'value.recorded', 'now', '{"key":"now"}', '{"value":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0}}', '28cbf62c15c92fe438280d71bfa71a4c2d42427d14e8660951a4e5d9c61873b6', 'fa87ac2993f7c063afa2de66ed63b80199d8b6ef95d6024652a6eaf9d6eaea38');
INSERT INTO a_kept_history.entry VALUES (48, 'succeeded', 12, 1767604260000000, 'value.recorded', 'uuid', '{"key":"uuid"}', '{"value":{"$":"uuid","v":"cd789b65-e2ad-4593-a4c6-6e3fb8abc105"}}', 'c4fcf812092e09f90d4830baf8a51f573cc657c4f7e65f5f5a39cf870821d949', 'a380003afa0b01067a71b2085b5a9b2b6646d8a4261d0ee063f6e68d129a4fd4');
INSERT INTO a_kept_history.entry VALUES (49, 'succeeded', 13, 1767604260000000, 'value.recorded', 'random', '{"key":"random"}', '{"value":0.3730431475455469}', '89cf0fc32aeca3a4d40cf427770aab176f9e0260de6d86f54f7d0266d08219fd', '996ff00db489a978d7ae8b861f8621595a15b87eaa8f4ea5289c5b9118fe8d2a');
INSERT INTO a_kept_history.entry VALUES (50, 'succeeded', 14, 1767604260000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767604860000000}', NULL, '', '51b9af097893a206a8d8fa8dae0343d0f6f4d11fbed7a526d695a0ace6e95672');
INSERT INTO a_kept_history.entry VALUES (51, 'succeeded', 15, 1767604260000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', '1fc07aa852ded7836499d6f9b2cad0e2e5f485bc74818d6600967ad9af9b0b8a');
INSERT INTO a_kept_history.entry VALUES (52, 'succeeded', 16, 1767604860000000, 'timer.fired', 'sleep', '{"key":"sleep"}', NULL, '', '258da17b968fe15c861037d66fb070d8b1266b103fec451ffbd41ebcef7e4da0');
INSERT INTO a_kept_history.entry VALUES (53, 'succeeded.asks', 1, 1767604860000000, 'run.started', '', '{"workflow":"asks","version":"1","root":"succeeded","parent":"succeeded","parent_key":"asks","path":["asks"],"takes":"dict[str, int]"}', '{"input":{"of":8}}', '1bcefaf7056b03ceadcb1e1eba3425ef398b07ead1d356b8c7858636d5c0cba4', '803f758c3f33c53cdef84affc89e79fc12746daa28d2d3406931d5f280a1d46e');
INSERT INTO a_kept_history.entry VALUES (54, 'succeeded', 17, 1767604860000000, 'child.started', 'asks', '{"key":"asks","child":"succeeded.asks","digest":"987af957beb2a718"}', NULL, '', 'f1e0451489ffbd4f8e083a13a7d46b01a24b19d929a6a3dbbe3998b46394eba1');
INSERT INTO a_kept_history.entry VALUES (55, 'succeeded.asks', 2, 1767604860000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8d75b46059ec18ab2b112e7b","name":"child task","asks":"approve","digest":"906c1a42acc41392f787cbfbd14b7066","path":["asks"]}', '{"title":"child task for asks","value":{"of":8},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', 'a91d22d5b9929ee66a8e848f9294a5856aa91e419c7b248dbb74b9e4ed800ea7', 'c37cce505cbbe94a8e5d6c10a2052e05a959830ff1adfc052d965014867e6ef1');
INSERT INTO a_kept_history.entry VALUES (56, 'succeeded.asks', 3, 1767604860000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', 'edb18717f77029666a3f645e5791e2fe930850dd8ce21d367153377d3f781646');
INSERT INTO a_kept_history.entry VALUES (57, 'succeeded', 18, 1767604860000000, 'run.waiting', '', '{"on":["asks"]}', NULL, '', '42b5e0cae57729f2a556ca4af14e023634214252c9cbfa30531e76e8fd48e904');
INSERT INTO a_kept_history.entry VALUES (58, 'succeeded.asks', 4, 1767604860000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8d75b46059ec18ab2b112e7b","by":"bob","via":"python","outcome":"rejected"}', '{"reason":"no"}', '5a291154dc63b70bb53c6dd53753de342e26a04b73660cd5d4e995b6d6e3faad', 'c37664c08f155145204fce3ecdb738b36f45f5c365fd8aeec02620a22c934d1c');
INSERT INTO a_kept_history.entry VALUES (59, 'succeeded.asks', 5, 1767604860000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8d75b46059ec18ab2b112e7b","outcome":"rejected","by":"bob","via":"python"}', '{"reason":"no"}', '5a291154dc63b70bb53c6dd53753de342e26a04b73660cd5d4e995b6d6e3faad', 'a906e0a22d453b2c5fe8cdd5e1a2bcdc33e6858f29652113f0d05373ffc7639d');
INSERT INTO a_kept_history.entry VALUES (60, 'succeeded.asks', 6, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":"rejected by bob"}', '0dff7bbc9cd858234495fc11a6b03dc9330abbacde9f4aca7fc908fa5bce0c18', 'a457b85d1cbe0dbbb60ce94a2ee95e35f9884673876ee604c6d2e912bd0ca977');
INSERT INTO a_kept_history.entry VALUES (61, 'succeeded', 19, 1767604860000000, 'child.finished', 'asks', '{"key":"asks","child":"succeeded.asks","status":"succeeded"}', '{"output":"rejected by bob"}', 'd00bb391bfd88028accbc235479d8b1965637e5f79b5d8c7bd701d6b0d1cc82d', '9eb8fef521b87f8f5d30ce56be4b745ea9e4076c38383ab3318ac87a2f15d236');
INSERT INTO a_kept_history.entry VALUES (62, 'succeeded', 20, 1767604860000000, 'task.opened', 'refund', '{"key":"refund","task":"task_019b8d75b460e929e3f910bf6d81","name":"refund","asks":"approve","digest":"7b76ee14998787016a38d25c709c818d","to":["ann","group:finance"],"labels":{"team":"a"},"priority":2,"due":1770196860000000,"on_timeout":"reject"}', '{"title":"Refund the order?","detail":"All of **it**.","value":{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"cd789b65-e2ad-4593-a4c6-6e3fb8abc105"}}},"form":{"description":"What is to be paid.","properties":{"total":{"anyOf":[{"type":"number"},{"type":"string"}],"title":"Total"},"at":{"format":"date-time","title":"At","type":"string"},"id":{"format":"uuid","title":"Id","type":"string"}},"required":["total","at","id"],"title":"Bill","type":"object"}}', 'f21fe73fb126c8382572d72a16e5b14fc2f9b22b2cd3f5385d713c0e64aaf9e1', '2ecea249c05dd7506137edd432f6649f844203ac6e58a9fcf22b4a6095940159');
INSERT INTO a_kept_history.entry VALUES (63, 'succeeded', 21, 1767604860000000, 'run.waiting', '', '{"on":["refund"]}', NULL, '', 'e19cd3ea843b44678c39ce9db92301c1c12482584bbd414ab96da65407d80b40');
INSERT INTO a_kept_history.entry VALUES (64, 'succeeded', 22, 1767604860000000, 'task.answered', 'refund', '{"key":"refund","task":"task_019b8d75b460e929e3f910bf6d81","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'de6ec400f10dc481f3948e305b3c852be6e04420156f516be91afa0442566e4c');
INSERT INTO a_kept_history.entry VALUES (65, 'succeeded', 23, 1767604860000000, 'task.closed', 'refund', '{"key":"refund","task":"task_019b8d75b460e929e3f910bf6d81","outcome":"approved","by":"ann","via":"python"}', NULL, '', '82fb425c818e38e7df271bf975447294f334d2a8ac2c4eecb8cbd14f1278aed5');
INSERT INTO a_kept_history.entry VALUES (66, 'succeeded', 24, 1767604860000000, 'task.opened', 'color', '{"key":"color","task":"task_019b8d75b460e9726eb5a3eae1f5","name":"color","asks":"choose","digest":"d9a8f11369218eb994b1514226fe9ef9","on_timeout":"raise","many":true}', '{"title":"color for everything","form":{"type":"array","items":{"enum":["red","blue"]},"uniqueItems":true},"options":["red","blue"]}', '473ca87ad0f6ba5887911d35e03148af62d0fd04266047284cc9be7c363bbe6d', '9f0de0fd8538460196b44bc038c947ae904aafde196a8f1dd72a6439030be861');
INSERT INTO a_kept_history.entry VALUES (67, 'succeeded', 25, 1767604860000000, 'run.waiting', '', '{"on":["color"]}', NULL, '', 'ec2ef2a0ea070337310adb04cc925201cc380b3cdca2d7b0ab3bf90b652966ac');
INSERT INTO a_kept_history.entry VALUES (68, 'succeeded', 26, 1767604860000000, 'task.answered', 'color', '{"key":"color","task":"task_019b8d75b460e9726eb5a3eae1f5","by":"ann","via":"python","outcome":"answered"}', '{"value":["blue"]}', 'de1b7981deac698a9e89fed4b9b14e068bdc801394393e70f309ec9a1c564d1e', '415eae03a413c9d30227cef5f6a5a8413e82314af6ce55110cd1c3c33e2979e5');
INSERT INTO a_kept_history.entry VALUES (69, 'succeeded', 27, 1767604860000000, 'task.closed', 'color', '{"key":"color","task":"task_019b8d75b460e9726eb5a3eae1f5","outcome":"answered","by":"ann","via":"python"}', NULL, '', '47ee1de0c8374779227edf8fe32565018c966cd816354bd37cde3f3e871c2765');
INSERT INTO a_kept_history.entry VALUES (70, 'succeeded', 28, 1767604860000000, 'task.opened', 'words', '{"key":"words","task":"task_019b8d75b460db8055a0da6ce208","name":"words","asks":"ask","digest":"e17b82cb93f3f3849454f742ee47f81d","on_timeout":"raise"}', '{"title":"words for everything","value":{"amount":1},"form":{"type":"object","properties":{"amount":{"type":"number","title":"amount"},"note":{"type":"string","title":"note"}},"required":["amount","note"],"additionalProperties":false}}', 'f7a749d5c40936691815b61ba7ffbe31e467a284df9e6ca244bf3fff4f908472', '2409629d40e9f58c4691cccd1bf69159b07f715109e107f4efc4216677875db6');
INSERT INTO a_kept_history.entry VALUES (71, 'succeeded', 29, 1767604860000000, 'run.waiting', '', '{"on":["words"]}', NULL, '', 'bbd572227f47bbeada527aca8b2b531e9c8a952c5e6c8ed314c5eb77638624e9');
INSERT INTO a_kept_history.entry VALUES (72, 'succeeded', 30, 1767604860000000, 'task.answered', 'words', '{"key":"words","task":"task_019b8d75b460db8055a0da6ce208","by":"ann","via":"python","outcome":"answered"}', '{"value":{"amount":2.5,"note":"ü"}}', '683dd7de6c3ba9a607efee9bf3b7a1a177a74db5cc0d388847f6584fddeacfaa', 'b5fa56b9be8d97f0a1a41ee2bcec878d3046a6259f0b5375246dfdf132228df9');
INSERT INTO a_kept_history.entry VALUES (73, 'succeeded', 31, 1767604860000000, 'task.closed', 'words', '{"key":"words","task":"task_019b8d75b460db8055a0da6ce208","outcome":"answered","by":"ann","via":"python"}', NULL, '', 'ed577259f379e7b1f95a5f64d7a438fbe10fb9ad0d19bedcf56d94cf0f6843bc');
INSERT INTO a_kept_history.entry VALUES (74, 'succeeded', 32, 1767604860000000, 'run.finished', '', '{"status":"succeeded"}', '{"output":{"$":"tuple","v":[{"$":"data","t":"tests.upgrade.workflows:Bill","f":"e5cc9047","v":{"total":{"$":"decimal","v":"0.50"},"at":{"$":"datetime","v":"2026-01-05T09:11:00","offset":0},"id":{"$":"uuid","v":"cd789b65-e2ad-4593-a4c6-6e3fb8abc105"}}},[{"$":"dict","v":[["charged",{"$":"decimal","v":"0.50"}],["took",{"$":"timedelta","v":[0,1,0]}],[7,{"$":"tuple","v":[1,{"$":"set","v":[2,3]}]}],["raw",{"$":"bytes","v":"AP8="}]]},"rejected by bob",["blue"],{"amount":2.5,"note":"ü"},{"customer":{"$":"enum","t":"tests.upgrade.workflows:Tier","v":["BLUE"]},"noted":[1]}]]}}', '0a5fc75811abed217be0e340e903f3f237adbce21ab65b76182894a463672330', '315e19b0877481e24a86d7570a1e3f7c0d7c97990097a8a5c3b22f50502ee3b4');
INSERT INTO a_kept_history.entry VALUES (75, 'races', 1, 1767604860000000, 'run.started', '', '{"workflow":"races","version":"1"}', NULL, '', 'c4508004b562f1b98b28d3ef0a9fff528bf3435d93057e1c9b30a5afb66d93ba');
INSERT INTO a_kept_history.entry VALUES (76, 'races', 2, 1767604860000000, 'timer.set', '1/sleep', '{"key":"1/sleep","due":1767608460000000}', NULL, '', 'fc9c953da4c7eb9f01055cf1ee4dc1e10f9d508f74e8adde7d9ea32c568dfb8e');
INSERT INTO a_kept_history.entry VALUES (77, 'races', 3, 1767604860000000, 'task.opened', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b4604c7e0b1d52f559c0","name":"never answered","asks":"approve","digest":"dcea8fbac52e0d1d669c4990dc71fb3a","due":1767612060000000}', '{"title":"never answered for races"}', 'de265f001aa07bf1eda0a445a23595c1d89652ec56bd556ab9fc8d3e547ec1e5', 'a1c4e5ed71ccb627ae018cec2591e8310ef308e20c1faa3e5468bcce6d57c9ef');
INSERT INTO a_kept_history.entry VALUES (78, 'races', 4, 1767604860000000, 'task.opened', '3/quick', '{"key":"3/quick","task":"task_019b8d75b46053723861c2502ff0","name":"quick","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"quick for races"}', 'd6799204bd1dd35c981b285a32c071e3309072ef8bcb77f91a339c9d13e07d85', 'f738c5495519b076d17d554dd5f5078c71b8ef1cdcdde1b44414f4077b5be026');
INSERT INTO a_kept_history.entry VALUES (79, 'races', 5, 1767604860000000, 'run.waiting', '', '{"on":["1/sleep","2/never answered","3/quick"]}', NULL, '', 'e14debd6032bfcf66c2f519e014589fdceff0b7d08e948eb1f3b3e93f862245a');
INSERT INTO a_kept_history.entry VALUES (80, 'races', 6, 1767604860000000, 'task.answered', '3/quick', '{"key":"3/quick","task":"task_019b8d75b46053723861c2502ff0","by":"ann","via":"python","outcome":"approved"}', NULL, '', 'fd5d5a707a4350e51560c65c7953c04b7816098d6cfb5b24d69c32246f4c61eb');
INSERT INTO a_kept_history.entry VALUES (81, 'races', 7, 1767604860000000, 'task.closed', '3/quick', '{"key":"3/quick","task":"task_019b8d75b46053723861c2502ff0","outcome":"approved","by":"ann","via":"python"}', NULL, '', '105ed6611c76e2d40b0ea0d45e253d89368232054d3231ecbd9f914aafb0a913');
INSERT INTO a_kept_history.entry VALUES (82, 'races', 8, 1767604860000000, 'value.recorded', 'first', '{"key":"first"}', '{"value":2}', 'eb6e41de21772716d164f78bf372d31754b4f8f61cdc3c6ce91e6a968cfb6fa0', '3300ccbfcb23d8c82692bc3aad764f2ba4352022fd59a29a8e3839002ba789a8');
INSERT INTO a_kept_history.entry VALUES (83, 'races', 9, 1767604860000000, 'timer.withdrawn', '1/sleep', '{"key":"1/sleep"}', NULL, '', '146475e732a602a04ce8cfe3b49750d27412986b89c7fb562f562054aaf29fe4');
INSERT INTO a_kept_history.entry VALUES (84, 'races', 10, 1767604860000000, 'task.closed', '2/never answered', '{"key":"2/never answered","task":"task_019b8d75b4604c7e0b1d52f559c0","outcome":"cancelled","via":"workflow","withdrawn":true}', NULL, '', '4b8ec1e9a9189400936079f45aeb62f6e5d07719c0067131ff7036f419448428');
INSERT INTO a_kept_history.entry VALUES (85, 'races', 11, 1767604860000000, 'step.started', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '641749846d74167f7642ec1ea7983f81d68cc0e6b6bf6b270a1aa08554f1f0ce');
INSERT INTO a_kept_history.entry VALUES (86, 'races', 12, 1767604860000000, 'step.started', '5/again', '{"key":"5/again","name":"again","attempt":1,"digest":"","returns":"str"}', NULL, '', 'a6e86e3be35b9e7c5cf84bcd9ab6a6c1bde8f7a5a33e7ffdb70787f079c00fef');
INSERT INTO a_kept_history.entry VALUES (87, 'races', 13, 1767604860000000, 'step.finished', '4/ship', '{"key":"4/ship","name":"ship","attempt":1,"took":0}', '{"result":"shipped"}', '23624a6f74856f183ae7c45b377820e5970fad498f9aa349292db39189fece31', '80d2a79dc172e2f68927fe2a77e8b51d5cb042517cad59d00b4f753cef9c1a1e');
INSERT INTO a_kept_history.entry VALUES (88, 'races', 14, 1767604860000000, 'step.finished', '5/again', '{"key":"5/again","name":"again","attempt":1,"took":0}', '{"result":"shipped"}', '23624a6f74856f183ae7c45b377820e5970fad498f9aa349292db39189fece31', '307acfa32361d8540aecd889a548ac52adc370c49b017056d3cd785fa2a29409');
INSERT INTO a_kept_history.entry VALUES (89, 'races', 15, 1767604860000000, 'task.opened', 'last', '{"key":"last","task":"task_019b8d75b460ded59474924e36c0","name":"last","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"last for races"}', '2a7200c7138265bbf50c95f6a824ada8df60a2d6f2daf81ca1fdfa1ab4f332e4', '439dc159ad0e4632fa71530bf9a16ed5936d87fd17dc6d109d4060c172ad487b');
INSERT INTO a_kept_history.entry VALUES (90, 'races', 16, 1767604860000000, 'run.waiting', '', '{"on":["last"]}', NULL, '', 'f33c571d7ba7a9a8e1fe0b858de2abfaa77d2e4d8a5af4fa1fc0987f10443f2b');
INSERT INTO a_kept_history.entry VALUES (91, 'asleep', 1, 1767604860000000, 'run.started', '', '{"workflow":"sleeps","version":"1"}', NULL, '', '2471cbcb7dc1350acd6a0d24d091662b80ecc903439d1a4293424003cf4c8601');
INSERT INTO a_kept_history.entry VALUES (92, 'asleep', 2, 1767604860000000, 'timer.set', 'sleep_until', '{"key":"sleep_until","due":1769904000000000}', NULL, '', '3fbc203fc29c4b7397575f7fce6cf9cf410893747871a38ed1e18dd45d1189da');
INSERT INTO a_kept_history.entry VALUES (93, 'asleep', 3, 1767604860000000, 'run.waiting', '', '{"on":["sleep_until"]}', NULL, '', 'fcf04713852d48d89abec85b3c94380a3a28be4a0ac254eec70495b5aeb174a3');
INSERT INTO a_kept_history.entry VALUES (94, 'timed-out', 1, 1767604860000000, 'run.started', '', '{"workflow":"times_out","version":"1","timeout":3600.0}', NULL, '', '9e5d939553b354c102dbf6842c8dcb02fd7619f7aca9d6630529c3a6c1f1ccac');
INSERT INTO a_kept_history.entry VALUES (95, 'timed-out', 2, 1767604860000000, 'timer.set', 'sleep', '{"key":"sleep","due":1767691260000000}', NULL, '', 'b718ccf9b00fa12084e4b3a02431e8e1c399ce690b6db2df97a762b7df58cddc');
INSERT INTO a_kept_history.entry VALUES (96, 'timed-out', 3, 1767604860000000, 'run.waiting', '', '{"on":["sleep"]}', NULL, '', 'c493bae05100e7090e8d100df4663df79dc27e66e50cfa211cb44aa64e730a73');
INSERT INTO a_kept_history.entry VALUES (97, 'timed-out', 4, 1767608460000000, 'run.finished', '', '{"status":"timed_out"}', '{"error":{"type":"timed_out","message":"The run took longer than its timeout of 1:00:00."}}', 'd7f1b7d9c734ee60ac8b756e383bf04a97655fdafc8f288c73ac21bddea017f6', 'a719d890ce2de7588a3d3cef8950248d048a06c29b85b75b50004d24499a0077');
INSERT INTO a_kept_history.entry VALUES (98, 'failed', 1, 1767612060000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '91eb9af49242d052bb364a1f15ecc6b2fa70aeec8e9ae7fdf5213766f419f922');
INSERT INTO a_kept_history.entry VALUES (99, 'failed', 2, 1767612060000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b8de391607a5666182bf6396e","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '751c0be827b665ef9b4f5e05e67959ea04cd4993b6265bddd823e6771e0dc875', 'ffa52ee781c51b76b2749b31cccd91fa9eaf40491fb246a95d1fe507267e51ec');
INSERT INTO a_kept_history.entry VALUES (100, 'failed', 3, 1767612060000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '4f01698d37dd081bff25f7adebec6bf987b8911e3b464d74eeb0e2d7491657ad');
INSERT INTO a_kept_history.entry VALUES (101, 'failed', 4, 1767612060000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b8de391607a5666182bf6396e","by":"ann","via":"python","outcome":"approved"}', NULL, '', '38307eba81794694c36adc71f2ddcf98f3150696780dba358263ded19e45a49f');
INSERT INTO a_kept_history.entry VALUES (102, 'failed', 5, 1767612060000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b8de391607a5666182bf6396e","outcome":"approved","by":"ann","via":"python"}', NULL, '', '1abac5b9b91b3e6fe43a04c4eb93751a9092231522bfd7d9d046a3dfb4c9106c');
INSERT INTO a_kept_history.entry VALUES (103, 'failed', 6, 1767612060000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '2f5d2795c42d9cd300f7bf96f83aac8f3fff14165cbcc92c79789a0c71a17e93');
INSERT INTO a_kept_history.entry VALUES (104, 'failed', 7, 1767612060000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', '9f30eb7ec31c290976919433c0171a1e7df1c750a13bf5ce34c56e59f8b87449', 'dbddd44b37171999f949eacf2389db3e2c9ace1557d62497face3b3d3ee06fec');
INSERT INTO a_kept_history.entry VALUES (105, 'failed', 8, 1767612060000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', 'bc8c270ff4af80d5b1134e5fe55ee2dd843a9193b64ddfb4943b68e2ae35753c', 'c87fb19126dd146daf75ba9937e3c46cf5cc0d2aef5a62eef6e4cd828f970835');
INSERT INTO a_kept_history.entry VALUES (106, 'retried', 1, 1767612060000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '5eb110d6d2650237a92036800b14601ebae294d536e967c8083377478deb45d1');
INSERT INTO a_kept_history.entry VALUES (107, 'retried', 2, 1767612060000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b8de39160313b5d82eb8fabdd","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '2db49f4d78b120a3747e20ce4dc8e8b4efbf3875364af5c4d0198430faed0279', '9f95a0bcbd26817183bc3af60aa58cf331dff1ff352c4fa594533c058476b666');
INSERT INTO a_kept_history.entry VALUES (108, 'retried', 3, 1767612060000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '1f364670e5933156fe78acfadf41a7b4e331669d1eebfa709fe424f8a8b054d3');
INSERT INTO a_kept_history.entry VALUES (109, 'retried', 4, 1767612060000000, 'task.answered', 'ship it', '{"key":"ship it","task":"task_019b8de39160313b5d82eb8fabdd","by":"ann","via":"python","outcome":"approved"}', NULL, '', '03a2c8cb368832a9ee5108dabb4c683ab835dcf720373e3863cd6038ba6d69ab');
INSERT INTO a_kept_history.entry VALUES (110, 'retried', 5, 1767612060000000, 'task.closed', 'ship it', '{"key":"ship it","task":"task_019b8de39160313b5d82eb8fabdd","outcome":"approved","by":"ann","via":"python"}', NULL, '', '7de046962cb0aed38c0a7373c5ba6c22a9b0526fb4b0a055672184ba105904d7');
INSERT INTO a_kept_history.entry VALUES (111, 'retried', 6, 1767612060000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '42317ddee8e366839354664662513d57d3e8639667c9ebc361cda783502883ac');
INSERT INTO a_kept_history.entry VALUES (112, 'retried', 7, 1767612060000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', 'aa9dd1ef9be32849b72bb0153623986173b1d7503a9f02c27fcd29248df8402d', 'c41fe6ea7a31c074b6aaf28cdf145d4120fd610eca282aea818a8c980555f672');
INSERT INTO a_kept_history.entry VALUES (113, 'retried', 8, 1767612060000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', '93934eb2bcc133eeffb2b8991ed36014aa956aca7a36f68f7a48056829ad95d3', 'c03ef9e0a5fe9b42b99de97ee7844ce734f58de3daf2cf912554d612f83b381c');
INSERT INTO a_kept_history.entry VALUES (114, 'retried', 9, 1767612060000000, 'run.retried', '', '{"by":"ann"}', NULL, '', '5bf24851517ed9cdd7c22dfd24f8ad5c55e4c71f51f4af454140565320dc4391');
INSERT INTO a_kept_history.entry VALUES (115, 'retried', 10, 1767612060000000, 'step.started', 'ship', '{"key":"ship","name":"ship","attempt":1,"digest":"","returns":"str"}', NULL, '', '97413b04de68d31897d5ae7fde022c0ef1849ccfb8670c8db534b4ca3c70efd1');
INSERT INTO a_kept_history.entry VALUES (116, 'retried', 11, 1767612060000000, 'step.failed', 'ship', '{"key":"ship","name":"ship","attempt":1,"took":0}', '{"error":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{},"trace":"ValueError: no parcel fits\n"}}', 'aa9dd1ef9be32849b72bb0153623986173b1d7503a9f02c27fcd29248df8402d', '4b3bd93e2c25b818538a13628cd12fa1770f7ef89cba0371c8a804407ee03650');
INSERT INTO a_kept_history.entry VALUES (117, 'retried', 12, 1767612060000000, 'run.finished', '', '{"status":"failed","failed_key":"ship"}', '{"error":{"type":"assent.errors:StepFailed","message":"The step ''ship'' failed after 1 attempt: ValueError: no parcel fits","args":["The step ''ship'' failed after 1 attempt: ValueError: no parcel fits"],"attributes":{"key":"ship","attempts":1},"trace":"assent.errors.StepFailed: The step ''ship'' failed after 1 attempt: ValueError: no parcel fits\n","cause":{"type":"builtins:ValueError","message":"no parcel fits","args":["no parcel fits"],"attributes":{}}}}', '93934eb2bcc133eeffb2b8991ed36014aa956aca7a36f68f7a48056829ad95d3', 'a3a7c9757da8a452448025a37e22b3928f570e833d806b767cd4a35696513df2');
INSERT INTO a_kept_history.entry VALUES (118, 'paused', 1, 1767612060000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '0f4ec23268e86a0f88a893fbd3c2b01af0ff092350744150eff0b232b1e8512e');
INSERT INTO a_kept_history.entry VALUES (119, 'paused', 2, 1767612060000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b8de39160737b6c7cf69d4d5b","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '895104b29620e48a4137904396dcec201e3deb6e4628096bacbe8e93d8f45a07', 'c1f28775ad7c0d3cb8a6a0c05e52e1380665404e0a716d97db20ee122471936e');
INSERT INTO a_kept_history.entry VALUES (120, 'paused', 3, 1767612060000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '02b421703c4cb2b951a495817dbd28d97da74128dbbb826b6326ac489ad9ae49');
INSERT INTO a_kept_history.entry VALUES (121, 'paused', 4, 1767612060000000, 'run.paused', '', '{"by":"ann"}', NULL, '', '6cb4cd978e244a8e787715b191b407fd7de5fdf61896dc50a6959b07e899206d');
INSERT INTO a_kept_history.entry VALUES (122, 'paused-once', 1, 1767612060000000, 'run.started', '', '{"workflow":"ships","version":"1"}', NULL, '', '1be9bb0c7a00fc3ccdd734418f7fc1489fd25fd7763ad2c4c99f8676a44df5fa');
INSERT INTO a_kept_history.entry VALUES (123, 'paused-once', 2, 1767612060000000, 'task.opened', 'ship it', '{"key":"ship it","task":"task_019b8de39160d3dbd8c29da7ee6a","name":"ship it","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"ship it for ships"}', '7b65b45304d1fda21bab7bc3e67ee863f21a8ec9fc07ee3d2263f10a7a30a322', '4edf080ca40b761a1e80f5d72659bf20e104a7f37f4a0823e1748bba222c2738');
INSERT INTO a_kept_history.entry VALUES (124, 'paused-once', 3, 1767612060000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', 'b621e0caf6413daa26045b8ea271e048b7a224ca9a06871ff9ee3f5c1896cf15');
INSERT INTO a_kept_history.entry VALUES (125, 'paused-once', 4, 1767612060000000, 'run.paused', '', '{"by":"ann"}', NULL, '', '658aad4c831a6e83cd015c46afae6091c40f48a4d09fc3d1427bdbdac17a853a');
INSERT INTO a_kept_history.entry VALUES (126, 'paused-once', 5, 1767612060000000, 'run.resumed', '', '{"by":"bob"}', NULL, '', 'bf04848f41bd68ab80dc66de5b1c91b6edca7143488c35ccbcbbfd72d4b39b5c');
INSERT INTO a_kept_history.entry VALUES (127, 'paused-once', 6, 1767612060000000, 'run.waiting', '', '{"on":["ship it"]}', NULL, '', '16c2aafbdfc90777e6810ce422aa2fd2fcb481e8f20a04733dd415c439db4504');
INSERT INTO a_kept_history.entry VALUES (128, 'cancelled', 1, 1767612060000000, 'run.started', '', '{"workflow":"asks","version":"1","takes":"dict[str, int]"}', '{"input":{"of":1}}', '81d26ddccf87f555080b1ff7c81efba558e89c41a351722a396442eba2f9d163', 'c14657341643808520b643c8d82ed08429c430fb3b853eda3bd614c18065692c');
INSERT INTO a_kept_history.entry VALUES (129, 'cancelled', 2, 1767612060000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8de3916000246aa389f46353","name":"child task","asks":"approve","digest":"89deff716ea462c2cd98a824b39f6f68"}', '{"title":"child task for asks","value":{"of":1},"form":{"type":"object","properties":{"of":{"type":"integer"}},"required":["of"]}}', '3d56df3b01ca42df3fb9f7a54e92a9c57c5271091d239cf6d9cd73afb7a02285', '9309ed3e05ca780c0244314a99ec60272810e6565a95a6e1b994bd7780585d9f');
INSERT INTO a_kept_history.entry VALUES (130, 'cancelled', 3, 1767612060000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '03a349687fd56aa139a98c2af3e4a5595f1b026afc32010badb269668a0a6e1d');
INSERT INTO a_kept_history.entry VALUES (131, 'cancelled', 4, 1767612060000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8de3916000246aa389f46353","outcome":"cancelled","by":"ann","via":"run","withdrawn":true}', '{"reason":"The run ended: cancelled."}', 'a395c5f6137a43da3b7ba1fd50be354ca753cf241e703b0a9eb2aa5d815da887', 'c46943bae01c0da1aa63f1260e773bd6a268db07a59836158de8bcd27b42853a');
INSERT INTO a_kept_history.entry VALUES (132, 'cancelled', 5, 1767612060000000, 'run.finished', '', '{"status":"cancelled","by":"ann"}', '{"error":{"type":"cancelled","message":"no longer wanted","by":"ann"}}', '98e397b75caea6375d2a9fad252f22d0f2492086503af9ece6cafdcbcbc1af3f', '0cf0d5d6ab2bc06a36cf951d4149c990f6600f8a02b1b3a4e319ed8f41ea3169');
INSERT INTO a_kept_history.entry VALUES (135, 'erased', 3, 1767612060000000, 'run.waiting', '', '{"on":["child task"]}', NULL, '', '41b04de3389f1507e5421c83299f7b519faee7137c7082030ce6d41149c0fce1');
INSERT INTO a_kept_history.entry VALUES (133, 'erased', 1, 1767612060000000, 'run.started', '', '{"workflow":"asks","version":"1","by":"ann","takes":"dict[str, int]"}', NULL, '809e48a7058c072314349f22a348b88c9d865cd49178ede9b9bff07914a1d5ed', '035175e24a8608042739bf3da694c41ce6c1314fbc17d74822057f8ead1d5432');
INSERT INTO a_kept_history.entry VALUES (134, 'erased', 2, 1767612060000000, 'task.opened', 'child task', '{"key":"child task","task":"task_019b8de39160ce12c7b4f016d149","name":"child task","asks":"approve","digest":"21373f747dada4cd2050afe8d0a0ec36","by":"ann"}', NULL, '2efac12d2b4754f6da76c3c99def0e7bc1f4685b50e6c989e3f2afab61062d75', '1dd33ca1b2ba0161966fb3ad4d48e8ed9387fa0a7ac6057fb8b1a58684a8ba9c');
INSERT INTO a_kept_history.entry VALUES (136, 'erased', 4, 1767612060000000, 'task.answered', 'child task', '{"key":"child task","task":"task_019b8de39160ce12c7b4f016d149","by":"ann","via":"python","outcome":"rejected"}', NULL, 'ed190239e57006bea016b7ae5332a5724ebf3feff32641114ea86c66365ffd4a', '1ea2e21e2ff28517ea1af656162f90190af21f1f7500814bd5b853aaecfc7065');
INSERT INTO a_kept_history.entry VALUES (137, 'erased', 5, 1767612060000000, 'task.closed', 'child task', '{"key":"child task","task":"task_019b8de39160ce12c7b4f016d149","outcome":"rejected","by":"ann","via":"python"}', NULL, 'ed190239e57006bea016b7ae5332a5724ebf3feff32641114ea86c66365ffd4a', '1bbf238c0378989217404633894ef650ba4dcd42ecd97dfde095b3bbf2406163');
INSERT INTO a_kept_history.entry VALUES (138, 'erased', 6, 1767612060000000, 'run.finished', '', '{"status":"succeeded"}', NULL, 'de5e0fe110c2e2df4b66f0026ce63b9ae530b58bbcec0217c8fe26afe5a736bf', 'ba44aa177ecc3eb859b874c4ec2c69b13cf378bf7ded89f669ab85f88e48e872');
INSERT INTO a_kept_history.entry VALUES (139, 'erased', 7, 1767612060000000, 'payloads.erased', '', '{"by":"ann"}', NULL, '', 'f7b445d24c9052e69119c62cd8c3dd6bd97821e26a36f6aaeb1acc4362c96ed3');
INSERT INTO a_kept_history.entry VALUES (140, 'parked', 1, 1767612060000000, 'run.started', '', '{"workflow":"changes","version":"1"}', NULL, '', 'f9a949085528c1f49ed7c89c08e0070461d9deb8e101a3c85dac3d8b2e5f8c77');
INSERT INTO a_kept_history.entry VALUES (141, 'parked', 2, 1767612060000000, 'step.started', 'original', '{"key":"original","name":"original","attempt":1,"digest":""}', NULL, '', '4b1252057be5d8c0f56fa4276a3d8ce96c7f382ff868dccb53ec7b0205eb607c');
INSERT INTO a_kept_history.entry VALUES (142, 'parked', 3, 1767612060000000, 'step.finished', 'original', '{"key":"original","name":"original","attempt":1,"took":0}', '{"result":1}', '1e78dfe10e49863bc7a2a84db419c426701d8655b07dfc45e09c3cad42901017', '5edb509551b353a401796c2b4e559946d8b7935b2727f6dfae9f9f0abda48891');
INSERT INTO a_kept_history.entry VALUES (143, 'parked', 4, 1767612060000000, 'task.opened', 'go on', '{"key":"go on","task":"task_019b8de39160a885d64c0170d10d","name":"go on","asks":"approve","digest":"c6b30dcb9ebfd3caf6e1472bd0106f45"}', '{"title":"go on for changes"}', 'c276ca814b424005b76826f9096b9382518c3b1f0025a1daa686247f993420c2', '89b92eb3dddf049e5ea31cb8bc873c2d73068e6ae3a38c0c4c0bb304cbb53320');
INSERT INTO a_kept_history.entry VALUES (144, 'parked', 5, 1767612060000000, 'run.waiting', '', '{"on":["go on"]}', NULL, '', '8145ee2c71610e8b3bc731baf604d24c276d555cbd7ecc9a9a7ed813ee552c5f');
INSERT INTO a_kept_history.entry VALUES (145, 'parked', 6, 1767612060000000, 'task.answered', 'go on', '{"key":"go on","task":"task_019b8de39160a885d64c0170d10d","by":"ann","via":"python","outcome":"approved"}', NULL, '', '0813fe7fe9dbba788ccfb776104c80b4d0fc60ae305930c39111245988cf9eba');
INSERT INTO a_kept_history.entry VALUES (146, 'parked', 7, 1767612060000000, 'task.closed', 'go on', '{"key":"go on","task":"task_019b8de39160a885d64c0170d10d","outcome":"approved","by":"ann","via":"python"}', NULL, '', '6ff13beb8b60a867d399c91114240f79f85fda8d32d52d984e9ec1d66a42d744');
INSERT INTO a_kept_history.entry VALUES (147, 'parked', 8, 1767612060000000, 'run.parked', '', '{"code":"journal_mismatch"}', '{"reason":"Run ''parked'' recorded the step ''original'' here, but the code now asks for the step ''renamed''. Restore the old order, or register the change as a new version."}', 'dc17b6055fc0393b28dbff2147433c0a24d6d3c8e339497fefad747c85cfa28a', '6c6b5fc67dbe4b1b57a59ec1bd38d55dcc744256f689b0f0db36b62b770af8dc');
INSERT INTO a_kept_history.migration VALUES (1, '9d938ae32ee9ffad5e0b068aab6dcce1cd523e0ff62619228a0849dd8f8119dd', '2026-11-27 22:34:07.873368+00');
INSERT INTO a_kept_history.run VALUES ('races', 'races', '1', 'waiting', 16, 'f33c571d7ba7a9a8e1fe0b858de2abfaa77d2e4d8a5af4fa1fc0987f10443f2b', NULL, '{}', 'races', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"4c2e16bf465d5196","waiting_for":["last"],"names":{"never answered":1,"quick":1,"last":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('everything.asks', 'asks', '1', 'succeeded', 6, 'c9ffae3b0e67940e212150d64bd99d7b9c187b36ae637a6b343503e07af4873a', 'ann', '{}', 'everything', 'everything', 1767604201000000, 1767604260000000, 1767604260000000, '{"salt":"78b9959782ad1117","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('succeeded.asks', 'asks', '1', 'succeeded', 6, 'a457b85d1cbe0dbbb60ce94a2ee95e35f9884673876ee604c6d2e912bd0ca977', NULL, '{}', 'succeeded', 'succeeded', 1767604860000000, 1767604860000000, 1767604860000000, '{"salt":"c9c41740fa0fba47","path":["asks"],"parent_key":"asks","names":{"child task":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('everything', 'everything', '1', 'waiting', 30, 'dfdb1b5b853ca52a48badfacc07c295481037dfd88b0477412d35c7bacf440bf', 'ann', '{"team":"a"}', 'everything', NULL, 1767603600000000, 1767604260000000, NULL, '{"salt":"db6719622adf2d8b","waiting_for":["refund"],"names":{"refund":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('succeeded', 'everything', '1', 'succeeded', 32, '315e19b0877481e24a86d7570a1e3f7c0d7c97990097a8a5c3b22f50502ee3b4', NULL, '{}', 'succeeded', NULL, 1767604260000000, 1767604860000000, 1767604860000000, '{"salt":"e727fb0bbe17bff3","names":{"refund":1,"color":1,"words":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('asleep', 'sleeps', '1', 'waiting', 3, 'fcf04713852d48d89abec85b3c94380a3a28be4a0ac254eec70495b5aeb174a3', NULL, '{}', 'asleep', NULL, 1767604860000000, 1767604860000000, NULL, '{"salt":"625fdf74d20d6cf2","waiting_for":["sleep_until"]}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('timed-out', 'times_out', '1', 'timed_out', 4, 'a719d890ce2de7588a3d3cef8950248d048a06c29b85b75b50004d24499a0077', NULL, '{}', 'timed-out', NULL, 1767604860000000, 1767608460000000, 1767608460000000, '{"salt":"4afa0483fc1655c1","timeout":3600.0,"spent":3600.0,"counts_waiting":false}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('failed', 'ships', '1', 'failed', 8, 'c87fb19126dd146daf75ba9937e3c46cf5cc0d2aef5a62eef6e4cd828f970835', NULL, '{}', 'failed', NULL, 1767612060000000, 1767612060000000, 1767612060000000, '{"salt":"67a3beb90ff6ae02","names":{"ship it":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('retried', 'ships', '1', 'failed', 12, 'a3a7c9757da8a452448025a37e22b3928f570e833d806b767cd4a35696513df2', NULL, '{}', 'retried', NULL, 1767612060000000, 1767612060000000, 1767612060000000, '{"salt":"862a9b57bdc3ace7","names":{"ship it":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('paused', 'ships', '1', 'paused', 4, '6cb4cd978e244a8e787715b191b407fd7de5fdf61896dc50a6959b07e899206d', NULL, '{}', 'paused', NULL, 1767612060000000, 1767612060000000, NULL, '{"salt":"ba3e698bf80fa271","waiting_for":["ship it"],"names":{"ship it":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('paused-once', 'ships', '1', 'waiting', 6, '16c2aafbdfc90777e6810ce422aa2fd2fcb481e8f20a04733dd415c439db4504', NULL, '{}', 'paused-once', NULL, 1767612060000000, 1767612060000000, NULL, '{"salt":"2e4b631e2f9f7141","waiting_for":["ship it"],"names":{"ship it":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('cancelled', 'asks', '1', 'cancelled', 5, '0cf0d5d6ab2bc06a36cf951d4149c990f6600f8a02b1b3a4e319ed8f41ea3169', NULL, '{}', 'cancelled', NULL, 1767612060000000, 1767612060000000, 1767612060000000, '{"salt":"82e3fb487821b1e0","names":{"child task":0}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('erased', 'asks', '1', 'succeeded', 7, 'f7b445d24c9052e69119c62cd8c3dd6bd97821e26a36f6aaeb1acc4362c96ed3', 'ann', '{}', 'erased', NULL, 1767612060000000, 1767612060000000, 1767612060000000, '{"salt":"","names":{"child task":1}}', NULL, 0);
INSERT INTO a_kept_history.run VALUES ('parked', 'changes', '1', 'parked', 8, '6c6b5fc67dbe4b1b57a59ec1bd38d55dcc744256f689b0f0db36b62b770af8dc', NULL, '{}', 'parked', NULL, 1767612060000000, 1767612060000000, NULL, '{"salt":"64dd00a6258016d6","waiting_for":["go on"],"names":{"go on":1},"parked":"journal_mismatch"}', NULL, 0);
INSERT INTO a_kept_history.task VALUES ('task_019b8d6ba62816ed54aee0846ccf', 'everything.asks', 'everything', 'asks', 2, 'child task', 'approve', 'closed', 'approved', 'child task for asks', '[]', 1767604201000000, NULL, 0, '{"answers":[[1767604260000000,"bob","approved","python",null,"why not"]],"closing":[1767604260000000,"approved","bob","python","why not",false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d6c8ca054174551e0ab94ae', 'everything', 'everything', 'everything', 23, 'refund', 'approve', 'claimed', NULL, 'Refund the order?', '["ann","group:finance"]', 1767604260000000, 1770196260000000, 2, '{"owner":"ann","comments":[[1767604260000000,"bob","Is this right?"]]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b46059ec18ab2b112e7b', 'succeeded.asks', 'succeeded', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', 'child task for asks', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"bob","rejected","python",null,"no"]],"closing":[1767604860000000,"rejected","bob","python","no",false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460e929e3f910bf6d81', 'succeeded', 'succeeded', 'everything', 20, 'refund', 'approve', 'closed', 'approved', 'Refund the order?', '["ann","group:finance"]', 1767604860000000, 1770196860000000, 2, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460e9726eb5a3eae1f5', 'succeeded', 'succeeded', 'everything', 24, 'color', 'choose', 'closed', 'answered', 'color for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",["blue"],null]],"closing":[1767604860000000,"answered","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460db8055a0da6ce208', 'succeeded', 'succeeded', 'everything', 28, 'words', 'ask', 'closed', 'answered', 'words for everything', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","answered","python",{"amount":2.5,"note":"ü"},null]],"closing":[1767604860000000,"answered","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b46053723861c2502ff0', 'races', 'races', 'races', 4, 'quick', 'approve', 'closed', 'approved', 'quick for races', '[]', 1767604860000000, NULL, 0, '{"answers":[[1767604860000000,"ann","approved","python",null,null]],"closing":[1767604860000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b4604c7e0b1d52f559c0', 'races', 'races', 'races', 3, 'never answered', 'approve', 'closed', 'cancelled', 'never answered for races', '[]', 1767604860000000, 1767612060000000, 0, '{"closing":[1767604860000000,"cancelled",null,"workflow",null,true]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8d75b460ded59474924e36c0', 'races', 'races', 'races', 15, 'last', 'approve', 'open', NULL, 'last for races', '[]', 1767604860000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b8de391607a5666182bf6396e', 'failed', 'failed', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767612060000000, NULL, 0, '{"answers":[[1767612060000000,"ann","approved","python",null,null]],"closing":[1767612060000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8de39160313b5d82eb8fabdd', 'retried', 'retried', 'ships', 2, 'ship it', 'approve', 'closed', 'approved', 'ship it for ships', '[]', 1767612060000000, NULL, 0, '{"answers":[[1767612060000000,"ann","approved","python",null,null]],"closing":[1767612060000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8de39160737b6c7cf69d4d5b', 'paused', 'paused', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767612060000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b8de39160d3dbd8c29da7ee6a', 'paused-once', 'paused-once', 'ships', 2, 'ship it', 'approve', 'open', NULL, 'ship it for ships', '[]', 1767612060000000, NULL, 0, '{}');
INSERT INTO a_kept_history.task VALUES ('task_019b8de3916000246aa389f46353', 'cancelled', 'cancelled', 'asks', 2, 'child task', 'approve', 'closed', 'cancelled', 'child task for asks', '[]', 1767612060000000, NULL, 0, '{"closing":[1767612060000000,"cancelled","ann","run","The run ended: cancelled.",true]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8de39160ce12c7b4f016d149', 'erased', 'erased', 'asks', 2, 'child task', 'approve', 'closed', 'rejected', '', '[]', 1767612060000000, NULL, 0, '{"answers":[[1767612060000000,"ann","rejected","python",null,null]],"closing":[1767612060000000,"rejected","ann","python",null,false]}');
INSERT INTO a_kept_history.task VALUES ('task_019b8de39160a885d64c0170d10d', 'parked', 'parked', 'changes', 4, 'go on', 'approve', 'closed', 'approved', 'go on for changes', '[]', 1767612060000000, NULL, 0, '{"answers":[[1767612060000000,"ann","approved","python",null,null]],"closing":[1767612060000000,"approved","ann","python",null,false]}');
INSERT INTO a_kept_history.timer VALUES ('everything', 'task:task_019b8d6c8ca054174551e0ab94ae', 1770196260000000);
INSERT INTO a_kept_history.timer VALUES ('asleep', 'sleep_until', 1769904000000000);
SELECT pg_catalog.setval('a_kept_history.process_number_seq', 3, true);
SELECT pg_catalog.setval('a_kept_history.seq', 147, true);
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
