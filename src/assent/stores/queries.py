"""The SQL of the SQLite store. Rows go in and come out as one JSON text per statement."""

from __future__ import annotations

from typing import Final

from assent.core.finding import label_marks, words_text
from assent.core.record import Record
from assent.ports.rows import RunQuery, RunRow, TaskQuery, TaskRow, TimerRow, WaiterQuery, WaiterRow


def _from_json(columns: tuple[str, ...]) -> str:
    return ", ".join(f"value ->> {place}" for place in range(len(columns)))


def _qualified(table: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


def _updates(columns: tuple[str, ...]) -> str:
    return ", ".join(f"{column} = excluded.{column}" for column in columns)


_ENTRY: Final = Record._fields
_ENTRY_ROW: Final = f"json_array({', '.join(_ENTRY)})"
_RUN_ROW: Final = f"json_array({', '.join(RunRow._fields)})"
_TASK_ROW: Final = (
    f"json_array(json_array({_qualified('task', TaskRow._fields)}), "
    f"json_array({_qualified('entry', _ENTRY)}))"
)
_TASKS: Final = "task join entry on entry.run = task.run and entry.number = task.number"


# ── writing ─────────────────────────────────────────────────────────────────────────────────────

HEADS: Final = """
    select json_group_array(json_array(id, number, head)) from run where id in (select value from json_each(?))
"""


FEW: Final = 8  # rows; above it, handing them over one value at a time takes longer than as JSON


class Put:
    """Puts rows into a table: a few as parameters (``few[count]``), more as one JSON text (see decision 2)."""

    def __init__(self, table: str, columns: tuple[str, ...], then: str = "") -> None:
        row = f"({', '.join('?' * len(columns))})"
        # By name, here and below: a later migration may have added columns.
        into = f"insert into {table} ({', '.join(columns)})"
        self.few = [f"{into} values {', '.join([row] * count)} {then}" for count in range(FEW + 1)]
        self.many = f"{into} select {_from_json(columns)} from json_each(?) where true {then}"


ADD_ENTRIES: Final = Put("entry", _ENTRY)
PUT_RUNS: Final = Put(
    "run",
    RunRow._fields,
    "on conflict (id) do update set "
    + _updates(("status", "number", "head", "updated", "finished", "state")),
)
PUT_TASKS: Final = Put(
    "task",
    TaskRow._fields,
    "on conflict (id) do update set "
    + _updates(("status", "outcome", "title", "who", "due", "state", "words")),
)
# What they are asked (a column of ``candidate``, and where a task has it), and all that it is filtered by.
_CANDIDATE: Final = {"task": "id"} | {
    column: column
    for column in ("priority", "opened", "due", "workflow", "kind", "risk", "labels", "words")
}
_PLACES: Final = {column: place for place, column in enumerate(TaskRow._fields)}
# All of them, because others may be asked from now on.
DROP_CANDIDATES: Final = """
    delete from candidate where task in (select rows.value ->> 0 from json_each(?) as rows)
"""
PUT_CANDIDATES: Final = f"""
    insert or ignore into candidate (who, {", ".join(_CANDIDATE)})
    select name.value, {", ".join(f"rows.value ->> {_PLACES[column]}" for column in _CANDIDATE.values())}
    from json_each(?) as rows, json_each(rows.value ->> {_PLACES["who"]}) as name
    where rows.value ->> {_PLACES["status"]} <> 'closed'
"""
DROP_TIMERS: Final = """
    delete from timer where (run, key) in (
        select value ->> 0, value ->> 1 from json_each(?) where value ->> 2 is null)
"""
PUT_TIMERS: Final = """
    insert or replace into timer (run, key, due)
    select value ->> 0, value ->> 1, value ->> 2 from json_each(?) where value ->> 2 is not null
"""
PUT_WAITERS: Final = f"""
    insert or replace into waiter ({", ".join(WaiterRow._fields)})
    select {_from_json(WaiterRow._fields)} from json_each(?)
"""
# Who is queued anew goes to the end of the line.
PUT_PLACE: Final = """
    insert into place (run, queue, standing, first, arrived)
    values (?, ?, ?, ?, (select coalesce(max(arrived), 0) + 1 from place))
    on conflict (run) do update set queue = excluded.queue, standing = excluded.standing,
        first = excluded.first,
        arrived = case excluded.standing when 'queued' then excluded.arrived else arrived end
"""
INSIDE: Final = "select count(*) from place where queue = ? and standing = 'in'"
STARTED: Final = "select count(*) from place where queue = ? and first > ?"
ERASE: Final = """
    update entry set payload = null
    where run in (select value from json_each(?)) and payload is not null
"""

OLD: Final = """
    select json_group_array(id) from (
        select id from run where parent is null and finished < ?1
        and not exists (
            select 1 from run as below where below.root = run.id and below.parent is not null
            and (below.finished is null or below.finished >= ?1))
        and run.id <> (select run from entry order by seq desc limit 1)
        and not exists (
            select 1 from run as newest where newest.root = run.id
            and newest.id = (select run from entry order by seq desc limit 1))
        order by finished limit ?2)
"""
WITH_THOSE_BELOW: Final = """
    select json_group_array(id) from run
    where id in (select value from json_each(?1))
        or (parent is not null and root in (select value from json_each(?1)))
"""
NEWEST_OF: Final = """
    select json_array(count(*), coalesce(max(seq), 0)) from entry
    where run in (select value from json_each(?))
"""
PRUNE: Final = (
    """
    delete from candidate where task in (
        select id from task where run in (select value from json_each(?)))
    """,
    "delete from task where run in (select value from json_each(?))",
    "delete from timer where run in (select value from json_each(?))",
    "delete from waiter where run in (select value from json_each(?))",
    "delete from place where run in (select value from json_each(?))",
    "delete from entry where run in (select value from json_each(?))",
    "delete from run where id in (select value from json_each(?))",
)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────

LOAD: Final = f"""
    select json_array(
        {_RUN_ROW},
        (select json_group_array(json(found)) from (
            select {_TASK_ROW} as found from {_TASKS}
            where task.run = run.id and task.status <> 'closed' order by task.number)),
        (select json_group_array(json_array({", ".join(TimerRow._fields)}))
            from timer where timer.run = run.id))
    from run where id = ?
"""
JOURNAL: Final = f"""
    select json_group_array(json(found)) from (
        select {_ENTRY_ROW} as found from entry where run = ? and number > ? order by number)
"""
HISTORY: Final = """
    select json_group_array(json_array(number, at, kind, json(body), json(payload))) from (
        select number, at, kind, body, payload from entry where run = ? order by number)
"""
FEED: Final = f"""
    select json_group_array(json(found)) from (
        select {_ENTRY_ROW} as found from entry where seq > ? order by seq limit ?)
"""
FEED_OF_RUN: Final = f"""
    select json_group_array(json(found)) from (
        select {_ENTRY_ROW} as found from entry where run = ? and seq > ? order by number limit ?)
"""
TASK: Final = f"select json_group_array(json({_TASK_ROW})) from {_TASKS} where task.id = ?"
DUE: Final = """
    select json_group_array(json_array(run, key, due)) from (
        select run, key, due from timer where due <= ? order by due limit ?)
"""
QUEUES: Final = """
    select json_group_array(json_array(queue, inside, queued, next)) from (
        select queue, sum(standing = 'in') as inside, sum(standing = 'queued') as queued,
            (select run from place as first where first.queue = place.queue
                and first.standing = 'queued' order by arrived limit 1) as next
        from place where standing <> 'out' group by queue order by queue)
"""
LINE: Final = """
    select json_array(
        (select count(*) from place where queue = ?1 and standing = 'in'),
        (select json_group_array(first) from (
            select first from place where queue = ?1 and first > ?2 order by first desc limit ?3)),
        (select json_group_array(json_array(run, fresh)) from (
            select * from (
                select run, true as fresh, arrived from place
                where queue = ?1 and standing = 'queued' and first is null order by arrived limit ?3)
            union all
            select * from (
                select run, false as fresh, arrived from place
                where queue = ?1 and standing = 'queued' and first is not null
                order by arrived limit ?3)
            order by arrived)))
"""
AHEAD: Final = """
    select count(*) from place as me join place as other on other.queue = me.queue
        and other.standing = 'queued' and other.arrived <= me.arrived
    where me.run = ? and me.standing = 'queued'
"""
COUNTS: Final = """
    select json_group_object(status, n) from (select status, count(*) as n from run group by status)
"""
KEEP: Final = "insert or ignore into document (kind, id, text) values (?, ?, ?)"
REPLACE: Final = "insert or replace into document (kind, id, text) values (?, ?, ?)"
DOCUMENTS: Final = "select json_group_object(id, json(text)) from document where kind = ?"


def runs(query: RunQuery) -> tuple[str, list[object]]:
    """A page of runs, newest first."""
    where, params = ["true"], list[object]()
    if query.statuses:
        where.append(f"status in ({', '.join('?' * len(query.statuses))})")
        params += query.statuses
    if query.workflow is not None:
        where.append("workflow = ?")
        params.append(query.workflow)
    if query.root is not None:
        # Children by their own index; the root itself has no parent.
        where.append("root = ? and parent is not null")
        params.append(query.root)
    if query.label is not None:
        key, value = query.label
        if value is None:
            where.append(
                "exists (select 1 from json_each(labels) as l where ? in (l.key, l.value))"
            )
            params.append(key)
        else:
            where.append(
                "exists (select 1 from json_each(labels) as l where l.key = ? and l.value = ?)"
            )
            params += [key, value]
    text = query.text or ""
    if "\0" in text:
        where.append("false")  # nothing holds a NUL, and `like` reads no further than one
    elif text:
        where.append(
            "(id like ? escape '\\' or workflow like ? escape '\\' or labels like ? escape '\\')"
        )
        params += [_like(text)] * 3
    if query.before is not None:
        where.append("(created, id) < (?, ?)")
        params += query.before
    page = f"""
        select {_RUN_ROW} as found from run where {" and ".join(where)}
        order by created desc, id desc limit ?
    """
    return f"select json_group_array(json(found)) from ({page})", [*params, query.limit]


def waiters(query: WaiterQuery) -> tuple[str, list[object]]:
    """A page of the waiters of an event: open ones longest first, others newest first."""
    where, params = ["event = ?"], list[object]([query.event])
    where.append("done is null" if query.open else "done is not null")
    if query.after is not None:
        where.append("(since, run, key) > (?, ?, ?)")
        params += query.after
    order = "since, run, key" if query.open else "done desc"
    page = f"""
        select json_array({", ".join(WaiterRow._fields)}) as found from waiter
        where {" and ".join(where)} order by {order} limit ?
    """
    return f"select json_group_array(json(found)) from ({page})", [*params, query.limit]


def tasks(query: TaskQuery) -> tuple[str, list[object]]:
    """A page of tasks: open ones by priority and age, others newest first.

    The page is found in what holds all that it is filtered by; its tasks are read after.
    """
    params = _Params()
    few = query.run is not None or query.root is not None
    if query.open and 0 < len(query.who) <= _MANY and not few:
        first = _asked_of(query, params)
    else:
        first = _listed(query, params, few=few)
    order = _order(query, "task.")
    page = f"""
        select {_TASK_ROW} as found from ({first}) as first
        join task on task.id = first.id
        join entry on entry.run = task.run and entry.number = task.number
        order by {order}
    """
    return f"select json_group_array(json(found)) from ({page})", params


_MANY: Final = 400  # SQLite joins five hundred selects at most


class _Params(list[object]):
    """The parameters of a statement, by number: each may stand in several places."""

    def mark(self, value: object) -> str:
        """What stands for this value."""
        self.append(value)
        return f"?{len(self)}"


def _listed(query: TaskQuery, params: _Params, *, few: bool) -> str:
    """The tasks of the page, by the index that holds what they are filtered by; few are looked at one by one."""
    where = _filters(query, params)
    if query.open is not None:
        where.append("status <> 'closed'" if query.open else "status = 'closed'")
    if query.run is not None:
        where.append(f"run = {params.mark(query.run)}")
    if query.root is not None:
        # Those of its own run by their run, those of runs below it by an index of theirs.
        root = params.mark(query.root)
        below = f"select id from task where root = {root} and root <> run"
        own = f"select id from task where run = {root} and root = {root}"
        where.append(f"id in ({own} union all {below})")
    if query.who:
        marks = ", ".join(map(params.mark, query.who))
        where.append(f"exists (select 1 from json_each(who) as w where w.value in ({marks}))")
    where += _beyond(query, params, "id")
    index = "" if few else f"indexed by {'task_open' if query.open else 'task_opened'}"
    return f"""
        select id from task {index} where {" and ".join(where)}
        order by {_order(query)} limit {params.mark(query.limit)}
    """


def _asked_of(query: TaskQuery, params: _Params) -> str:
    """What some names are asked: the first of each, and of those the first."""
    where = [*_filters(query, params), *_beyond(query, params, "task")]
    limit = f"limit {params.mark(query.limit)}"
    order = "order by priority desc, opened, task"
    firsts: list[str] = []
    for who in query.who:
        fits = " and ".join([f"who = {params.mark(who)}", *where])
        asked = f"select task, priority, opened from candidate where {fits} {order} {limit}"
        firsts.append(f"select * from ({asked})")
    return f"select task as id from ({' union '.join(firsts)}) {order} {limit}"


def _filters(query: TaskQuery, params: _Params) -> list[str]:
    """The conditions on what tasks and the rows of those who are asked have in common."""
    where = ["true"]
    for column, wanted in (
        ("workflow", query.workflow),
        ("kind", query.kind),
        ("risk", query.risk),
    ):
        if wanted is not None:
            where.append(f"{column} = {params.mark(wanted)}")
    if query.priority is not None:
        where.append(f"priority >= {params.mark(query.priority)}")
    if query.due_before is not None:
        where.append(f"due <= {params.mark(query.due_before)}")
    if query.label is not None:
        marks = [params.mark(mark) for mark in label_marks(*query.label)]
        where.append(f"({' or '.join(f'instr(labels, {mark})' for mark in marks)})")
    if query.text:
        where.append(f"instr(words, {params.mark(words_text(query.text))})")
    return where


def _beyond(query: TaskQuery, params: _Params, id: str) -> list[str]:
    """The condition on where the page begins."""
    if query.after is None:
        return []
    priority, opened, last = map(params.mark, query.after)
    if not query.open:
        return [f"(opened, {id}) < ({opened}, {last})"]
    later = f"(opened, {id}) > ({opened}, {last})"
    return [f"(priority < {priority} or (priority = {priority} and {later}))"]


def _order(query: TaskQuery, table: str = "") -> str:
    if query.open:
        return f"{table}priority desc, {table}opened, {table}id"
    return f"{table}opened desc, {table}id desc"


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
