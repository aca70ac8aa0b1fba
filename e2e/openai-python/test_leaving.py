"""A user who leaves: the model behind the network must stop."""

import asyncio
import unittest

import openai

from network import ask, connect, connect_async, wait_for_call


class Leaving(unittest.TestCase):
    def test_timeout(self) -> None:
        """a client that waits no longer ends the call at the model"""
        with connect() as client, self.assertRaises(openai.APITimeoutError):
            client.with_options(timeout=2).chat.completions.create(
                model="test/demo.silent.fixed-1", messages=ask("Hi")
            )
        wait_for_call("demo.silent.fixed-1", "aborted")

    def test_close(self) -> None:
        """closing a stream in the middle ends the call at the model"""
        with connect() as client:
            with client.chat.completions.create(
                model="test/demo.pace-20ms.fixed-3001", messages=ask("Hi"), stream=True
            ) as stream:
                next(iter(stream))
            wait_for_call("demo.pace-20ms.fixed-3001", "aborted")


class LeavingAsync(unittest.IsolatedAsyncioTestCase):
    async def test_cancel(self) -> None:
        """cancelling a task ends the call at the model"""
        async with connect_async() as client:
            answer = asyncio.create_task(
                client.chat.completions.create(model="test/demo.silent.fixed-2", messages=ask("Hi"))
            )
            await asyncio.to_thread(wait_for_call, "demo.silent.fixed-2", "open")
            answer.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await answer
            await asyncio.to_thread(wait_for_call, "demo.silent.fixed-2", "aborted")

    async def test_close(self) -> None:
        """closing an asynchronous stream in the middle ends the call at the model"""
        async with connect_async() as client:
            async with await client.chat.completions.create(
                model="test/demo.pace-20ms.fixed-3002", messages=ask("Hi"), stream=True
            ) as stream:
                await anext(aiter(stream))
            await asyncio.to_thread(wait_for_call, "demo.pace-20ms.fixed-3002", "aborted")
