"""The asynchronous client: the same answers and failures."""

import asyncio
import unittest

import openai

from network import MODEL, GetWeather, Person, ask, connect_async, cost_of


class AsyncClient(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.client = connect_async()
        self.addAsyncCleanup(self.client.close)

    async def test_together(self) -> None:
        """several questions at once get each its own answer and cost"""
        questions = ["One?", "Two?", "Three?"]
        completions = await asyncio.gather(
            *(self.client.chat.completions.create(model=MODEL, messages=ask(question)) for question in questions)
        )
        for question, completion in zip(questions, completions, strict=True):
            self.assertIn(question, completion.choices[0].message.content or "")
            self.assertGreater(cost_of(completion.usage), 0)
        self.assertEqual(len({completion.id for completion in completions}), 3)

    async def test_stream(self) -> None:
        """an asynchronous stream gives the text and the usage of the whole answer"""
        whole = await self.client.chat.completions.create(model=MODEL, messages=ask("Tell me a story."))
        text, usage = "", None
        async for chunk in await self.client.chat.completions.create(
            model=MODEL, messages=ask("Tell me a story."), stream=True, stream_options={"include_usage": True}
        ):
            text += chunk.choices[0].delta.content or "" if chunk.choices else ""
            usage = chunk.usage or usage
        self.assertEqual(text, whole.choices[0].message.content)
        self.assertEqual(usage, whole.usage)

    async def test_structures(self) -> None:
        """parse() gives pydantic models for an answer and for a tool's arguments"""
        person = await self.client.chat.completions.parse(
            model=MODEL, messages=ask("Somebody."), response_format=Person
        )
        self.assertIsInstance(person.choices[0].message.parsed, Person)
        weather = await self.client.chat.completions.parse(
            model=MODEL,
            messages=ask("What is the weather in Oslo?"),
            tools=[openai.pydantic_function_tool(GetWeather, name="get_weather")],
        )
        [call] = weather.choices[0].message.tool_calls or []
        self.assertEqual(call.function.parsed_arguments, GetWeather(city="Oslo"))

    async def test_raw_response(self) -> None:
        """with_raw_response shows the headers of a stream before its first event"""
        raw = await self.client.chat.completions.with_raw_response.create(
            model=MODEL, messages=ask("Hello!"), stream=True
        )
        ids = {chunk.id async for chunk in raw.parse()}
        self.assertEqual(ids, {raw.headers["x-generation-id"]})

    async def test_failures(self) -> None:
        """failures have the client's own classes"""
        for failure, model in (
            (openai.NotFoundError, "aimo/demmo"),
            (openai.BadRequestError, "test/demo.status-400"),
            (openai.RateLimitError, "test/demo.rate-limited-7"),
        ):
            with self.assertRaises(failure):
                await self.client.chat.completions.create(model=model, messages=ask("Hi"))
