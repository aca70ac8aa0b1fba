"""What answers hold, whole and streamed, for users of the synchronous client."""

import unittest

import openai
from openai.types.chat import ChatCompletionChunk

from network import MODEL, GetWeather, Person, ask, connect, cost_of

RED_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


class Answers(unittest.TestCase):
    def setUp(self) -> None:
        self.client = connect()
        self.addCleanup(self.client.close)

    def test_json(self) -> None:
        """an answer has its text, its tokens and their cost"""
        completion = self.client.chat.completions.create(model=MODEL, messages=ask("Hello!"))
        assert completion.usage is not None
        self.assertIn("Hello!", completion.choices[0].message.content or "")
        self.assertEqual(completion.choices[0].finish_reason, "stop")
        self.assertEqual(completion.model, MODEL)
        self.assertGreater(completion.usage.completion_tokens, 0)
        self.assertGreater(cost_of(completion.usage), 0)

    def test_raw_response(self) -> None:
        """with_raw_response shows the headers: the request, the generation and its cost"""
        raw = self.client.chat.completions.with_raw_response.create(model=MODEL, messages=ask("Hello!"))
        completion = raw.parse()
        self.assertRegex(raw.headers["x-request-id"], "^req-")
        self.assertEqual(raw.headers["x-generation-id"], completion.id)
        self.assertEqual(float(raw.headers["x-aimo-cost"]), cost_of(completion.usage))

    def test_stream(self) -> None:
        """a stream gives the same text, tokens and cost, its usage last and once"""
        whole = self.client.chat.completions.create(model=MODEL, messages=ask("Tell me a story."))
        chunks: list[ChatCompletionChunk] = list(
            self.client.chat.completions.create(
                model=MODEL,
                messages=ask("Tell me a story."),
                stream=True,
                stream_options={"include_usage": True},
            )
        )
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertGreater(len(chunks), 3)
        self.assertEqual(text, whole.choices[0].message.content)
        self.assertEqual([chunk.usage for chunk in chunks if chunk.usage is not None], [whole.usage])
        self.assertIsNotNone(chunks[-1].usage)

    def test_tools(self) -> None:
        """a tool's arguments are those its model names, whole and streamed, and its result is answered"""
        tools = [openai.pydantic_function_tool(GetWeather, name="get_weather")]
        question = ask("What is the weather in Oslo?")
        whole = self.client.chat.completions.parse(model=MODEL, messages=question, tools=tools)
        with self.client.chat.completions.stream(model=MODEL, messages=question, tools=tools) as stream:
            streamed = stream.until_done().get_final_completion()
        for completion in (whole, streamed):
            calls = completion.choices[0].message.tool_calls or []
            self.assertEqual([call.function.parsed_arguments for call in calls], [GetWeather(city="Oslo")])
        [call] = whole.choices[0].message.tool_calls or []
        answer = self.client.chat.completions.create(
            model=MODEL,
            tools=tools,
            messages=[
                *question,
                {
                    "role": "assistant",
                    "tool_calls": [
                        {
                            "id": call.id,
                            "type": "function",
                            "function": {"name": "get_weather", "arguments": call.function.arguments},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": call.id, "content": "It rains in Oslo."},
            ],
        )
        self.assertIn("It rains in Oslo.", answer.choices[0].message.content or "")

    def test_structured_output(self) -> None:
        """parse() gives a pydantic model, and so does a stream at its end"""
        whole = self.client.chat.completions.parse(model=MODEL, messages=ask("Somebody."), response_format=Person)
        with self.client.chat.completions.stream(
            model=MODEL, messages=ask("Somebody."), response_format=Person
        ) as stream:
            streamed = stream.until_done().get_final_completion()
        self.assertIsInstance(whole.choices[0].message.parsed, Person)
        self.assertEqual(streamed.choices[0].message.parsed, whole.choices[0].message.parsed)

    def test_image(self) -> None:
        """an image reaches the model"""
        completion = self.client.chat.completions.create(
            model=MODEL,
            messages=[
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "What is this?"},
                        {"type": "image_url", "image_url": {"url": RED_PIXEL}},
                    ],
                }
            ],
        )
        self.assertIn("image/png", completion.choices[0].message.content or "")

    def test_models(self) -> None:
        """the models are listed, and one is told by its id"""
        self.assertIn(MODEL, [model.id for model in self.client.models.list()])
        self.assertEqual(self.client.models.retrieve(MODEL).id, MODEL)
