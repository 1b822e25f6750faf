"""The schema of the SQLite store, as forward-only migrations.

Each migration is applied once, in order, in a transaction of its own, and its checksum is kept: a migration that
was edited after it had been applied is refused.
"""

from __future__ import annotations

import hashlib
from typing import Final

MIGRATIONS: Final[tuple[str, ...]] = (
    """
    create table entry (
        seq     integer primary key,
        run     text not null,
        number  integer not null,
        at      integer not null,
        kind    text not null,
        key     text not null,
        body    text not null,
        payload text,
        digest  text not null,
        hash    text not null
    );
    create unique index entry_run on entry (run, number);

    create table run (
        id       text primary key,
        workflow text not null,
        version  text not null,
        status   text not null,
        number   integer not null,
        head     text not null,
        by       text,
        labels   text not null,
        root     text not null,
        parent   text,
        created  integer not null,
        updated  integer not null,
        finished integer,
        state    text not null
    ) without rowid;
    create index run_created on run (created desc, id desc);
    create index run_status on run (status, created desc, id desc);
    create index run_child on run (root) where parent is not null;

    create table task (
        id       text primary key,
        run      text not null,
        root     text not null,
        workflow text not null,
        number   integer not null,
        name     text not null,
        kind     text not null,
        status   text not null,
        outcome  text,
        title    text not null,
        who      text not null,
        opened   integer not null,
        due      integer,
        priority integer not null,
        state    text not null
    ) without rowid;
    create index task_run on task (run);
    create index task_open on task (priority desc, opened, id) where status <> 'closed';
    create index task_opened on task (opened desc, id desc);
    create index task_closed on task (opened desc, id desc) where status = 'closed';

    create table candidate (
        who  text not null,
        task text not null,
        primary key (who, task)
    ) without rowid;

    create table timer (
        run text not null,
        key text not null,
        due integer not null,
        primary key (run, key)
    ) without rowid;
    create index timer_due on timer (due);

    create table document (
        kind text not null,
        id   text not null,
        text text not null,
        primary key (kind, id)
    ) without rowid;
    """,
    """
    create table waiter (
        run   text not null,
        key   text not null,
        event text not null,
        since integer not null,
        due   integer,
        done  integer,
        primary key (run, key, event)
    ) without rowid;
    create index waiter_open on waiter (event, since, run, key) where done is null;
    create index waiter_done on waiter (event, done desc) where done is not null;
    """,
    """
    drop table candidate;
    create table candidate (
        who      text not null,
        priority integer not null,
        opened   integer not null,
        task     text not null,
        primary key (who, priority desc, opened, task)
    ) without rowid;
    create index candidate_task on candidate (task);
    insert into candidate
    select name.value, task.priority, task.opened, task.id
    from task, json_each(task.who) as name where task.status <> 'closed';
    """,
    """
    create table place (
        run      text primary key,
        queue    text not null,
        standing text not null,
        first    integer,
        arrived  integer not null
    ) without rowid;
    create index place_arrived on place (arrived);
    create index place_inside on place (queue) where standing = 'in';
    create index place_start on place (queue, arrived) where standing = 'queued' and first is null;
    create index place_return on place (queue, arrived) where standing = 'queued' and first is not null;
    create index place_first on place (queue, first) where first is not null;
    """,
    """
    alter table task add column risk text;
    alter table task add column labels text not null default '';
    alter table task add column words text not null default '';
    update task set
        risk = (select body ->> '$.risk' from entry where run = task.run and number = task.number),
        labels = coalesce((
            select char(30) || group_concat(
                    replace(replace(label.key, char(30), ' '), char(31), ' ') || char(31)
                    || replace(replace(label.value, char(30), ' '), char(31), ' '), char(30))
                || char(30)
            from entry, json_each(entry.body, '$.labels') as label
            where entry.run = task.run and entry.number = task.number), ''),
        words = lower(title || char(10) || name || char(10) || run || char(10) || workflow);
    drop index task_open;
    create index task_open on task
        (priority desc, opened, id, status, due, workflow, kind, risk, labels, words)
        where status <> 'closed';
    drop index task_opened;
    drop index task_closed;
    create index task_opened on task
        (opened desc, id desc, status, priority, due, workflow, kind, risk, labels, words, who);
    create index task_below on task (root) where root <> run;
    drop table candidate;
    create table candidate (
        who      text not null,
        priority integer not null,
        opened   integer not null,
        task     text not null,
        due      integer,
        workflow text not null,
        kind     text not null,
        risk     text,
        labels   text not null,
        words    text not null,
        primary key (who, priority desc, opened, task)
    ) without rowid;
    create index candidate_task on candidate (task);
    insert into candidate
    select name.value, task.priority, task.opened, task.id, task.due, task.workflow, task.kind,
        task.risk, task.labels, task.words
    from task, json_each(task.who) as name where task.status <> 'closed';
    """,
)

VERSION: Final = len(MIGRATIONS)


def checksum(migration: str) -> str:
    """What identifies a migration's text, spaces aside."""
    return hashlib.sha256(" ".join(migration.split()).encode()).hexdigest()


def statements(migration: str) -> list[str]:
    """The statements of a migration."""
    return [text.strip() for text in migration.split(";") if text.strip()]
