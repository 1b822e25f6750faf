"""Several processes on one database, and one token: one of them uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from assent import App, Flows
from tests.cluster import cluster
from tests.flows.sample import signup

ROOT = Path(__file__).parents[2]
KEY = "k" * 32
AT_ONCE = 4

USES = f"""
import asyncio, sys
from assent import App, Flows, TokenRefused
from tests.flows.sample import signup

async def main(url, token):
    app = App(url)
    flows = signup(Flows(app, keys=[{KEY!r}]))
    async with app:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        try:
            output = await flows.resume(token, input=sys.argv[3])
            print("won", output.context["name"])
        except TokenRefused as refused:
            print(refused.why)

asyncio.run(main(*sys.argv[1:3]))
"""


async def test_of_many_processes_that_use_one_token_at_once_one_wins() -> None:
    url = cluster().url()
    app = App(url)
    flows = signup(Flows(app, keys=[KEY]))
    async with app:
        output = await flows.start("signup", {})
        token = flows.seal(output.state, ttl="1h")
    users = [_user(url, token, str(number)) for number in range(AT_ONCE)]
    for user in users:
        assert user.stdout is not None
        assert user.stdout.readline() == "ready\n"
    for user in users:
        assert user.stdin is not None
        user.stdin.write("go\n")
        user.stdin.flush()
    told = [user.communicate()[0].strip() for user in users]
    won = [each for each in told if each.startswith("won ")]
    assert len(won) == 1
    assert {each for each in told if each not in won} <= {"used", "in_use"}
    async with app:
        assert (await flows.output(output.run_id)).context == {"name": won[0].removeprefix("won ")}


def _user(url: str, token: str, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USES, url, token, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
