"""The schema of the PostgreSQL store: forward-only migrations, and the function that commits.

``{s}`` stands for the schema's quoted name. Each migration is applied once, in order, in a transaction of its own
under an advisory lock, so that any number of processes may start at once; its checksum is kept.

The commit function is not part of the migrations: its name carries the checksum of its text, so that the code of
yesterday finds its own beside today's. What a migration adds must therefore have a default, and what it takes away
must have gone out of use in the version before.
"""

from __future__ import annotations

import hashlib
from typing import Final

MIGRATIONS: Final[tuple[str, ...]] = (
    """
    create table {s}.entry (
        seq     bigint primary key,
        run     text collate "C" not null,
        number  bigint not null,
        at      bigint not null,
        kind    text not null,
        key     text not null,
        body    text not null,
        payload text,
        digest  text not null,
        hash    text not null
    );
    create unique index entry_run on {s}.entry (run, number);
    create sequence {s}.seq;

    create table {s}.run (
        id       text collate "C" primary key,
        workflow text collate "C" not null,
        version  text not null,
        status   text collate "C" not null,
        number   bigint not null,
        head     text not null,
        by       text,
        labels   text not null,
        root     text collate "C" not null,
        parent   text,
        created  bigint not null,
        updated  bigint not null,
        finished bigint,
        state    text not null,
        owner    bigint,
        fence    bigint not null default 0
    ) with (fillfactor = 80);
    create index run_created on {s}.run (created desc, id desc);
    create index run_status on {s}.run (status, created desc, id desc);
    create index run_workflow on {s}.run (workflow, created desc, id desc);
    create index run_child on {s}.run (root) where parent is not null;
    create index run_free on {s}.run (created) where status = 'running' and coalesce(owner, 0) = 0;
    create index run_owner on {s}.run (owner) where owner > 0;
    create index run_finished on {s}.run (finished) where finished is not null;

    create table {s}.task (
        id       text collate "C" primary key,
        run      text collate "C" not null,
        root     text collate "C" not null,
        workflow text collate "C" not null,
        number   bigint not null,
        name     text not null,
        kind     text not null,
        status   text collate "C" not null,
        outcome  text,
        title    text not null,
        who      text not null,
        opened   bigint not null,
        due      bigint,
        priority bigint not null,
        state    text not null
    ) with (fillfactor = 80);
    create index task_run on {s}.task (run);
    create index task_root on {s}.task (root);
    create index task_open on {s}.task (priority desc, opened, id) where status <> 'closed';
    create index task_open_workflow on {s}.task (workflow, priority desc, opened, id)
        where status <> 'closed';
    create index task_due on {s}.task (due) where status <> 'closed' and due is not null;
    create index task_opened on {s}.task (opened desc, id desc);
    create index task_closed on {s}.task (opened desc, id desc) where status = 'closed';

    create table {s}.candidate (
        who  text collate "C" not null,
        task text collate "C" not null,
        primary key (who, task)
    );

    create table {s}.timer (
        run text collate "C" not null,
        key text collate "C" not null,
        due bigint not null,
        primary key (run, key)
    );
    create index timer_due on {s}.timer (due);

    create table {s}.document (
        kind text collate "C" not null,
        id   text collate "C" not null,
        text text not null,
        primary key (kind, id)
    );

    create table {s}.process (
        number  bigint generated always as identity primary key,
        seen    timestamptz not null default now(),
        started timestamptz not null default now(),
        about   text not null
    );
    """,
    """
    create table {s}.waiter (
        run   text collate "C" not null,
        key   text collate "C" not null,
        event text collate "C" not null,
        since bigint not null,
        due   bigint,
        done  bigint,
        primary key (run, key, event)
    );
    create index waiter_open on {s}.waiter (event, since, run, key) where done is null;
    create index waiter_done on {s}.waiter (event, done desc) where done is not null;
    """,
    """
    create index candidate_task on {s}.candidate (task);
    """,
    """
    create table {s}.place (
        run      text collate "C" primary key,
        queue    text collate "C" not null,
        standing text not null,
        first    bigint,
        arrived  bigint not null generated by default as identity
    );
    create index place_inside on {s}.place (queue) where standing = 'in';
    create index place_start on {s}.place (queue, arrived) where standing = 'queued' and first is null;
    create index place_return on {s}.place (queue, arrived)
        where standing = 'queued' and first is not null;
    create index place_first on {s}.place (queue, first) where first is not null;
    """,
    # What yesterday's code writes knows nothing of the new columns: then they are filled in from the entry.
    """
    alter table {s}.task add column risk text, add column labels text, add column words text;
    create function {s}.find_task() returns trigger language plpgsql as $body$
    begin
        select e.body::json ->> 'risk', coalesce(chr(30) || (
                select string_agg(translate(l.key, chr(30) || chr(31), '  ') || chr(31)
                    || translate(l.value, chr(30) || chr(31), '  '), chr(30))
                from json_each_text(e.body::json -> 'labels') as l) || chr(30), '')
            into new.risk, new.labels
            from {s}.entry as e where e.run = new.run and e.number = new.number;
        new.labels := coalesce(new.labels, '');
        new.words := lower(concat_ws(chr(10), new.title, new.name, new.run, new.workflow));
        return new;
    end
    $body$;
    create trigger find_task before insert or update on {s}.task
        for each row when (new.words is null) execute function {s}.find_task();
    create trigger find_title before update on {s}.task
        for each row when (new.title <> old.title and new.words = old.words)
        execute function {s}.find_task();
    update {s}.task set words = null;

    alter table {s}.candidate add column priority bigint, add column opened bigint, add column due bigint,
        add column workflow text collate "C", add column kind text, add column risk text,
        add column labels text, add column words text;
    create function {s}.find_candidate() returns trigger language plpgsql as $body$
    begin
        select t.priority, t.opened, t.due, t.workflow, t.kind, t.risk, t.labels, t.words
            into new.priority, new.opened, new.due, new.workflow, new.kind, new.risk, new.labels, new.words
            from {s}.task as t where t.id = new.task;
        return new;
    end
    $body$;
    create trigger find_candidate before insert or update on {s}.candidate
        for each row when (new.words is null) execute function {s}.find_candidate();
    update {s}.candidate set words = null;
    create index candidate_order on {s}.candidate (who, priority desc, opened, task);
    """,
)

VERSION: Final = len(MIGRATIONS)

COMMIT: Final = """
    create function {s}.{name} (
        me bigint, lock bigint, channel text, wake text,
        run_id text[], run_workflow text[], run_version text[], run_status text[], run_number bigint[],
        run_head text[], run_by text[], run_labels text[], run_root text[], run_parent text[],
        run_created bigint[], run_updated bigint[], run_finished bigint[], run_state text[],
        run_expected bigint[], run_previous text[], run_fence bigint[], run_rests boolean[],
        entry_run text[], entry_number bigint[], entry_at bigint[], entry_kind text[], entry_key text[],
        entry_body text[], entry_payload text[], entry_digest text[], entry_hash text[],
        task_id text[], task_run text[], task_root text[], task_workflow text[], task_number bigint[],
        task_name text[], task_kind text[], task_status text[], task_outcome text[], task_title text[],
        task_who text[], task_opened bigint[], task_due bigint[], task_priority bigint[],
        task_state text[], task_risk text[], task_labels text[], task_words text[],
        candidate_who text[], candidate_task text[],
        timer_run text[], timer_key text[], timer_due bigint[],
        waiter_run text[], waiter_key text[], waiter_event text[], waiter_since bigint[],
        waiter_due bigint[], waiter_done bigint[],
        place_run text[], place_queue text[], place_standing text[], place_first bigint[],
        place_parallelism bigint[], place_rate bigint[], place_since bigint[],
        erased text[]
    ) returns table (first bigint, before bigint, run text, number bigint, head text, fenced boolean,
        no_room boolean)
    language plpgsql
    -- Rows are found by index, also while a young table has no statistics, and nothing is planned anew for each call.
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    as $body$
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
            update {s}.run as there set status = r.status, number = r.number, head = r.head,
                    updated = r.updated, finished = r.finished, state = r.state,
                    owner = case when r.finished is null and not r.rests then there.owner end
                from unnest(run_id, run_status, run_number, run_head, run_updated, run_finished, run_state,
                    run_expected, run_previous, run_fence, run_rests)
                    as r (id, status, number, head, updated, finished, state, expected, previous, fence, rests)
                where there.id = r.id and r.expected > 0 and there.number = r.expected
                    and there.head = r.previous
                    and (r.fence is null or (there.owner = me and there.fence = r.fence));
            get diagnostics fit = row_count;
            -- A run that is new and fenced begins its life in the hands of who made it.
            insert into {s}.run as there (id, workflow, version, status, number, head, by, labels, root, parent,
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
                where given.turn + (select count(*) from {s}.place as t
                        where t.queue = given.queue and t.standing = 'in' and t.run <> all (place_run))
                        > given.parallelism
                    or given.start + (select count(*) from {s}.place as t
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
                left join {s}.run as r on r.id = given.id
                where coalesce(r.number, 0) <> given.expected or r.head <> given.previous
                    or (given.fence is not null and r.id is not null
                        and (r.owner is distinct from me or r.fence <> given.fence));
            return;
        end;

        select coalesce(max(e.seq), 0) into newest from {s}.entry as e;
        if count > 0 then
            start := nextval('{s}.seq');
            if count > 1 then
                perform setval('{s}.seq', start + count - 1);
            end if;
        end if;

        if array_length(erased, 1) > 0 then
            update {s}.entry as e set payload = null
                where e.run = any (erased) and e.payload is not null;
        end if;

        insert into {s}.entry (seq, run, number, at, kind, key, body, payload, digest, hash)
            select start + place - 1, e.run, e.number, e.at, e.kind, e.key, e.body, e.payload, e.digest, e.hash
            from unnest(entry_run, entry_number, entry_at, entry_kind, entry_key, entry_body,
                entry_payload, entry_digest, entry_hash) with ordinality
                as e (run, number, at, kind, key, body, payload, digest, hash, place);

        if array_length(task_id, 1) > 0 then
            insert into {s}.task as there (id, run, root, workflow, number, name, kind, status, outcome, title,
                    who, opened, due, priority, state, risk, labels, words)
                select * from unnest(task_id, task_run, task_root, task_workflow, task_number, task_name,
                    task_kind, task_status, task_outcome, task_title, task_who, task_opened, task_due,
                    task_priority, task_state, task_risk, task_labels, task_words)
                on conflict (id) do update set status = excluded.status, outcome = excluded.outcome,
                    title = excluded.title, who = excluded.who, due = excluded.due, state = excluded.state,
                    words = excluded.words;
            delete from {s}.candidate as c
                using unnest(task_id, task_status) as t (id, status)
                where c.task = t.id and (t.status = 'closed' or not exists (
                    select from unnest(candidate_who, candidate_task) as given (who, task)
                    where given.task = t.id and given.who = c.who));
            insert into {s}.candidate as there (who, task, priority, opened, due, workflow, kind, risk, labels,
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
            delete from {s}.timer as there
                using unnest(timer_run, timer_key, timer_due) as t (run, key, due)
                where there.run = t.run and there.key = t.key and t.due is null;
            insert into {s}.timer as there (run, key, due)
                select t.run, t.key, t.due from unnest(timer_run, timer_key, timer_due) as t (run, key, due)
                where t.due is not null
                on conflict (run, key) do update set due = excluded.due;
        end if;

        if array_length(waiter_run, 1) > 0 then
            insert into {s}.waiter as there (run, key, event, since, due, done)
                select * from unnest(waiter_run, waiter_key, waiter_event, waiter_since, waiter_due,
                    waiter_done)
                on conflict (run, key, event) do update set since = excluded.since, due = excluded.due,
                    done = excluded.done;
        end if;

        if array_length(place_run, 1) > 0 then
            -- Who is queued anew goes to the end of the line.
            insert into {s}.place as there (run, queue, standing, first)
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
                and exists (select from {s}.process as p where p.number <> me) then
            perform pg_notify(channel, wake);
        end if;
        return query
            select start, newest, null::text, null::bigint, null::text, null::boolean, null::boolean;
    end
    $body$
"""


def checksum(text: str) -> str:
    """What identifies a text, spaces aside."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


COMMIT_NAME: Final = f"commit_{checksum(COMMIT)[:12]}"
