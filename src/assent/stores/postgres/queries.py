"""The SQL that reads. ``{s}`` stands for the schema's quoted name, ``$n`` for parameters."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from assent.core.finding import label_marks, words_text
from assent.core.record import Record
from assent.ports.rows import RunQuery, RunRow, TaskQuery, TaskRow, TimerRow, WaiterQuery, WaiterRow


def _of(table: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


_ENTRY: Final = _of("entry", Record._fields)
_RUN: Final = _of("run", RunRow._fields)
_TASK: Final = _of("task", TaskRow._fields)
_TASKS: Final = "{s}.task as task join {s}.entry as entry on entry.run = task.run and entry.number = task.number"

# One statement, so that all of it is of one moment.
LOAD: Final = f"""
    select {_RUN},
        (select json_agg(json_build_array(json_build_array({_TASK}), json_build_array({_ENTRY}))
                order by task.number)
            from {_TASKS} where task.run = run.id and task.status <> 'closed'),
        (select json_agg(json_build_array({_of("timer", TimerRow._fields)}))
            from {{s}}.timer as timer where timer.run = run.id)
    from {{s}}.run as run where id = $1
"""
JOURNAL: Final = f"""
    select {_ENTRY} from {{s}}.entry as entry where run = $1 and number > $2 order by number
"""
HISTORY: Final = """
    select number, at, kind, body, payload from {s}.entry where run = $1 order by number
"""
FEED: Final = f"""
    select {_ENTRY} from {{s}}.entry as entry where seq > $1 order by seq limit $2
"""
FEED_OF_RUN: Final = f"""
    select {_ENTRY} from {{s}}.entry as entry where run = $1 and seq > $2 order by number limit $3
"""
FEED_UNTIL: Final = f"""
    select {_ENTRY} from {{s}}.entry as entry where seq > $1 and seq < $2 order by seq limit $3
"""
NEWS_UNTIL: Final = """
    select run, max(number), max(seq), count(*) from (
        select run, number, seq from {s}.entry where seq > $1 and seq < $2 order by seq limit $3) as page
    group by run
"""
NEWEST: Final = "select coalesce(max(seq), 0) from {s}.entry"
TASK: Final = f"select {_TASK}, {_ENTRY} from {_TASKS} where task.id = $1"
DUE: Final = "select run, key, due from {s}.timer where due <= $1 order by due limit $2"
NEXT_DUE: Final = "select min(due) from {s}.timer"
QUEUES: Final = """
    select queue, count(*) filter (where standing = 'in'), count(*) filter (where standing = 'queued'),
        (array_agg(run order by arrived) filter (where standing = 'queued'))[1]
    from {s}.place where standing <> 'out' group by queue order by queue
"""
# One statement, so that all of it is of one moment.
LINE: Final = """
    select (select count(*) from {s}.place where queue = $1 and standing = 'in'),
        array(select first from {s}.place where queue = $1 and first > $2 order by first desc limit $3),
        (select json_agg(json_build_array(run, fresh) order by arrived) from (
            (select run, true as fresh, arrived from {s}.place
                where queue = $1 and standing = 'queued' and first is null order by arrived limit $3)
            union all
            (select run, false as fresh, arrived from {s}.place
                where queue = $1 and standing = 'queued' and first is not null
                order by arrived limit $3)) as waiting)
"""
AHEAD: Final = """
    select count(*) from {s}.place as me join {s}.place as other on other.queue = me.queue
        and other.standing = 'queued' and other.arrived <= me.arrived
    where me.run = $1 and me.standing = 'queued'
"""
COUNTS: Final = "select status, count(*) from {s}.run group by status"
STORED: Final = f"""
    select {_ENTRY} from {{s}}.entry as entry
    join unnest($1::text[], $2::bigint[]) as given (run, number)
        on entry.run = given.run and entry.number = given.number
"""
PRUNE: Final = """
    with newest as (
        select root from {s}.run where id = (select run from {s}.entry order by seq desc limit 1)
    ), roots as (
        select r.id from {s}.run as r
        where r.parent is null and r.finished < $1 and r.id not in (select root from newest)
            and not exists (
                select from {s}.run as below where below.root = r.id and below.parent is not null
                and (below.finished is null or below.finished >= $1))
        order by r.finished limit $2 for update skip locked
    ), gone as (
        delete from {s}.run as run using roots
        where (run.id = roots.id or (run.root = roots.id and run.parent is not null)) and run.finished < $1
        returning run.id
    ), entries as (
        delete from {s}.entry as entry using gone where entry.run = gone.id returning entry.seq
    ), tasks as (
        delete from {s}.task as task using gone where task.run = gone.id returning task.id
    ), candidates as (
        delete from {s}.candidate as candidate using tasks where candidate.task = tasks.id
    ), timers as (
        delete from {s}.timer as timer using gone where timer.run = gone.id
    ), waiters as (
        delete from {s}.waiter as waiter using gone where waiter.run = gone.id
    ), places as (
        delete from {s}.place as place using gone where place.run = gone.id
    )
    select (select array_agg(id) from gone), count(*), coalesce(max(seq), 0) from entries
"""

# By name: a later migration may have added columns.
KEEP: Final = """
    insert into {s}.document (kind, id, text) values ($1, $2, $3) on conflict do nothing returning true as kept
"""
REPLACE: Final = """
    insert into {s}.document (kind, id, text) values ($1, $2, $3)
    on conflict (kind, id) do update set text = excluded.text
"""
KEPT: Final = "select text from {s}.document where kind = $1 and id = $2"
TAKE: Final = "delete from {s}.document where kind = $1 and id = $2 returning text"
KEPT_ALL: Final = "select id, text from {s}.document where kind = $1"


class _Where:
    """Conditions that grow, with numbered parameters."""

    def __init__(self) -> None:
        self.params: list[object] = []
        self._texts: list[str] = []

    def add(self, text: str, *params: object) -> None:
        """A condition; each ``?`` in it is the next of these parameters."""
        for param in params:
            self.params.append(param)
            text = text.replace("?", f"${len(self.params)}", 1)
        self._texts.append(text)

    def limit(self, count: int) -> str:
        self.params.append(count)
        return f"limit ${len(self.params)}"

    @property
    def text(self) -> str:
        return " and ".join(self._texts) or "true"


def runs(query: RunQuery) -> tuple[str, list[object]]:
    """A page of runs, newest first."""
    where = _Where()
    if query.statuses:
        where.add("status = any (?::text[])", list(query.statuses))
    if query.workflow is not None:
        where.add("workflow = ?", query.workflow)
    if query.root is not None:
        # Children by their own index; the root itself has no parent.
        where.add("root = ? and parent is not null", query.root)
    if query.label is not None:
        key, value = query.label
        if value is None:
            where.add(
                "exists (select from jsonb_each_text(labels::jsonb) as l where l.key = ? or l.value = ?)",
                key,
                key,
            )
        else:
            where.add("labels::jsonb ->> ? = ?", key, value)
    if query.text:
        like = _like(query.text)
        where.add("(id ilike ? or workflow ilike ? or labels ilike ?)", like, like, like)
    if query.before is not None:
        where.add("(created, id) < (?::bigint, ?)", *query.before)
    limit = where.limit(query.limit)
    sql = f"""
        select {_RUN} from {{s}}.run as run where {where.text}
        order by created desc, id desc {limit}
    """
    return sql, where.params


def waiters(query: WaiterQuery) -> tuple[str, list[object]]:
    """A page of the waiters of an event: open ones longest first, others newest first."""
    where = _Where()
    where.add("event = ?", query.event)
    where.add("done is null" if query.open else "done is not null")
    if query.after is not None:
        where.add("(since, run, key) > (?::bigint, ?, ?)", *query.after)
    order = "since, run, key" if query.open else "done desc"
    columns = ", ".join(WaiterRow._fields)
    limit = where.limit(query.limit)
    sql = f"select {columns} from {{s}}.waiter where {where.text} order by {order} {limit}"
    return sql, where.params


def tasks(query: TaskQuery) -> tuple[str, list[object]]:
    """A page of tasks: open ones by priority and age, others newest first.

    The page is found in what holds all that it is filtered by; its tasks are read after.
    """
    where = _Where()
    alone = query.run is None and query.root is None
    first = _asked_of(query, where) if query.open and query.who and alone else _listed(query, where)
    sql = f"""
        with first as materialized ({first})
        select {_TASK}, {_ENTRY} from first join {{s}}.task as task on task.id = first.id
            join {{s}}.entry as entry on entry.run = task.run and entry.number = task.number
        order by {_order(query, "task.")}
    """
    return sql, where.params


def _listed(query: TaskQuery, where: _Where) -> str:
    """The tasks of the page, as they are."""
    _filter(query, where)
    if query.open is not None:
        where.add("status <> 'closed'" if query.open else "status = 'closed'")
    if query.run is not None:
        where.add("run = ?", query.run)
    if query.root is not None:
        where.add("root = ?", query.root)
    if query.who:
        where.add(
            "exists (select from json_array_elements_text(who::json) as w (name)"
            " where w.name = any (?::text[]))",
            list(query.who),
        )
    _beyond(query, where, "id")
    return f"""
        select id from {{s}}.task where {where.text} order by {_order(query)} {where.limit(query.limit)}
    """


_BARE: Final = TaskQuery(limit=0)


def _asked_of(query: TaskQuery, where: _Where) -> str:
    """What some names are asked: the first of each, and of those the first.

    Where it is filtered, all of theirs are looked through in one go, which is the faster the fewer fit.
    """
    _filter(query, where)
    _beyond(query, where, "task")
    order = "order by priority desc, opened, task"
    if replace(query, who=(), priority=None, after=None, limit=0) == _BARE:
        where.add("who = name")
        each = f"select task, priority, opened from {{s}}.candidate where {where.text} {order}"
        each = f"{each} {where.limit(query.limit)}"
        where.params.append(list(query.who))
        names = f"unnest(${len(where.params)}::text[]) as name"
        asked = f"{names} cross join lateral ({each}) as asked"
    else:
        where.add("who = any (?::text[])", list(query.who))
        all = f"select task, priority, opened from {{s}}.candidate where {where.text} {order}"
        # Each of the first may be there under all of the names.
        asked = f"({all} {where.limit(query.limit * len(query.who))}) as asked"
    return f"""
        select task as id from (select distinct task, priority, opened from {asked}) as several
        {order} {where.limit(query.limit)}
    """


def _filter(query: TaskQuery, where: _Where) -> None:
    """The conditions on what tasks and the rows of those who are asked have in common."""
    for column, wanted in (
        ("workflow", query.workflow),
        ("kind", query.kind),
        ("risk", query.risk),
    ):
        if wanted is not None:
            where.add(f"{column} = ?", wanted)
    if query.priority is not None:
        where.add("priority >= ?", query.priority)
    if query.due_before is not None:
        where.add("due <= ?", query.due_before)
    if query.label is not None:
        marks = label_marks(*query.label)
        where.add(f"({' or '.join(['strpos(labels, ?) > 0'] * len(marks))})", *marks)
    if query.text:
        where.add("strpos(words, ?) > 0", words_text(query.text))


def _beyond(query: TaskQuery, where: _Where, id: str) -> None:
    """The condition on where the page begins."""
    if query.after is None:
        return
    priority, opened, last = query.after
    if query.open:
        where.add(
            f"(priority < ? or (priority = ? and (opened, {id}) > (?::bigint, ?)))",
            *(priority, priority, opened, last),
        )
    else:
        where.add(f"(opened, {id}) < (?::bigint, ?)", opened, last)


def _order(query: TaskQuery, table: str = "") -> str:
    if query.open:
        return f"{table}priority desc, {table}opened, {table}id"
    return f"{table}opened desc, {table}id desc"


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
