"""Slack: people are told in a channel, and answer there by buttons and modals.

notice ──▶ channel ──chat.postMessage──▶ Slack ──signed request──▶ web ──▶ door ──▶ inbox
              ▲───────── where it was posted is noted; chat.update when it is over
"""

from __future__ import annotations

from assent.notifying.slack.channel import SlackChannel

__all__ = ["SlackChannel"]
