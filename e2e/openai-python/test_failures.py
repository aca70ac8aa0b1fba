"""The exceptions that failures become, and which of them the client tries again."""

import unittest

import openai
from openai import OpenAI

from network import MODEL, PROVIDER_KEY, ask, connect


class Failures(unittest.TestCase):
    def assert_fails(
        self, failure: type[openai.APIStatusError], model: str = MODEL, *, client: OpenAI | None = None
    ) -> openai.APIStatusError:
        with client or connect() as asking, self.assertRaises(failure) as caught:
            asking.chat.completions.create(model=model, messages=ask("Hi"))
        self.assertIs(type(caught.exception), failure)
        return caught.exception

    def test_classes(self) -> None:
        """every status has the client's own class"""
        self.assert_fails(openai.AuthenticationError, client=connect(api_key="nonsense"))
        self.assert_fails(openai.PermissionDeniedError, client=connect(api_key=PROVIDER_KEY))
        self.assert_fails(openai.BadRequestError, "test/demo.status-400")
        self.assert_fails(openai.InternalServerError, "test/demo.status-500")

    def test_unknown_model(self) -> None:
        """an unknown model is told with its request id and a name that is near"""
        failure = self.assert_fails(openai.NotFoundError, "aimo/demmo")
        self.assertIn("Did you mean `aimo/demo`?", failure.message)
        self.assertRegex(failure.request_id or "", "^req-")

    def test_code(self) -> None:
        """below /v1 the code is the word that the client's types promise"""
        failure = self.assert_fails(openai.NotFoundError, "aimo/demmo", client=connect(base_path="/v1"))
        self.assertEqual(failure.code, "model_not_found")

    def test_parameter(self) -> None:
        """a parameter that is wrong is named"""
        with connect() as client, self.assertRaises(openai.BadRequestError) as caught:
            client.chat.completions.create(model=MODEL, messages=[])
        self.assertEqual(caught.exception.param, "messages")

    def test_rate_limit(self) -> None:
        """a rate limit says when to come back"""
        failure = self.assert_fails(openai.RateLimitError, "test/demo.rate-limited-7")
        self.assertEqual(failure.response.headers["retry-after"], "7")

    def test_retry(self) -> None:
        """a busy model is asked again, and then answers"""
        with connect(max_retries=1) as client:
            completion = client.chat.completions.create(model="test/busy-429", messages=ask("Hi"))
        self.assertEqual(completion.choices[0].message.content, "Now I have time.")

    def test_half_way(self) -> None:
        """a stream that fails half-way raises after what had come"""
        text = ""
        with connect() as client, self.assertRaises(openai.APIError) as caught:
            for chunk in client.chat.completions.create(
                model="test/demo.error-after-3.pace-100ms", messages=ask("Hi"), stream=True
            ):
                text += chunk.choices[0].delta.content or ""
        self.assertNotEqual(text, "")
        self.assertIn("failed: The demo model fails", caught.exception.message)
