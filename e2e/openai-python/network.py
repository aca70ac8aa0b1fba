"""The network under test, as its environment names it: openai-python.test.ts starts one and sets it."""

import json
import os
import time
from typing import Any
from urllib.request import urlopen

from openai import AsyncOpenAI, OpenAI
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

ROUTER_URL = os.environ["AIMO_ROUTER_URL"]
USER_KEY = os.environ["AIMO_USER_KEY"]
PROVIDER_KEY = os.environ["AIMO_PROVIDER_KEY"]
MODEL = os.environ["AIMO_MODEL"]
DEMO_MODEL_URL = os.environ["AIMO_DEMO_MODEL_URL"]

TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 0.02


def connect(*, api_key: str = USER_KEY, base_path: str = "/api/v1", max_retries: int = 0) -> OpenAI:
    """OpenAI's client, told of the router as any user would tell it."""
    return OpenAI(
        base_url=f"{ROUTER_URL}{base_path}", api_key=api_key, max_retries=max_retries, timeout=TIMEOUT_SECONDS
    )


def connect_async() -> AsyncOpenAI:
    """The same for asyncio."""
    return AsyncOpenAI(base_url=f"{ROUTER_URL}/api/v1", api_key=USER_KEY, max_retries=0, timeout=TIMEOUT_SECONDS)


def ask(content: str) -> list[ChatCompletionMessageParam]:
    """A conversation of one question."""
    return [{"role": "user", "content": content}]


def cost_of(usage: CompletionUsage | None) -> float:
    """What an answer cost: the router's own field beside OpenAI's token counts."""
    assert usage is not None
    assert usage.model_extra is not None
    cost = usage.model_extra["cost"]
    assert isinstance(cost, float)
    return cost


def wait_for_call(model: str, state: str) -> None:
    """Waits until the demo model has a call of `model` that is open, ended or aborted."""
    due = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < due:
        with urlopen(f"{DEMO_MODEL_URL}/demo/calls") as response:
            calls: list[dict[str, Any]] = json.load(response)["calls"]
        if any(call["model"] == model and call["state"] == state for call in calls):
            return
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"no call of {model} was {state} within {TIMEOUT_SECONDS} s")


class Pet(BaseModel):
    """An animal of somebody's."""

    name: str
    legs: int


class Person(BaseModel):
    """An answer with a structure: nested, with a list and what may be absent."""

    name: str
    nickname: str | None
    pets: list[Pet]


class GetWeather(BaseModel):
    """The weather of a city."""

    city: str
