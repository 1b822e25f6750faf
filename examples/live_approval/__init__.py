"""A workflow that waits for somebody, and a page that shows it live: start it, watch it, decide there.

    python -m examples.live_approval

opens a server and prints a link that signs a browser in. The page needs no build step and no Node: what it hears is
the run's own stream (Server-Sent Events), and what it says are two requests to the HTTP API.
"""

from __future__ import annotations
