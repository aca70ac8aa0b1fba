// Addresses of upstreams as people paste them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readUpstreamAddress } from "./upstream-address.ts";

test("an address is taken as it is written, without what the proxy adds itself", () => {
  for (const [typed, address] of [
    ["http://localhost:11434/v1", "http://localhost:11434/v1"],
    [" https://api.openai.com/v1/ ", "https://api.openai.com/v1"],
    ["https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"],
    ["http://127.0.0.1:8000/v1/models", "http://127.0.0.1:8000/v1"],
    ["http://ollama:11434", "http://ollama:11434"],
    ["http://10.1.2.3/v1", "http://10.1.2.3/v1"],
    ["http://100.64.0.1/v1", "http://100.64.0.1/v1"],
    ["http://172.31.0.1/v1", "http://172.31.0.1/v1"],
    ["http://box.local/v1", "http://box.local/v1"],
    ["http://[::1]:8000/v1", "http://[::1]:8000/v1"],
    ["http://[fd00::1]/v1", "http://[fd00::1]/v1"],
    ["HTTPS://API.Example.COM/V1", "https://api.example.com/V1"],
  ] as const) {
    assert.deepEqual(readUpstreamAddress(typed), { kind: "good", address }, typed);
  }
});

test("what a proxy would refuse is refused with what is expected", () => {
  for (const [typed, fault] of [
    ["", /starts with https:\/\/ or http:\/\//],
    ["localhost:11434", /starts with/],
    ["ftp://localhost/v1", /starts with/],
    ["javascript:alert(1)", /starts with/],
    ["http://local host/v1", /starts with/],
    [`http://localhost/${"a".repeat(2_000)}`, /starts with/],
    ["https://user:key@api.example.com/v1", /without user name and password/],
    ["https://api.example.com/v1?key=1", /ends with its path/],
    ["http://api.example.com/v1", /https:\/\/ for a host on the public internet/],
    ["http://8.8.8.8/v1", /https:\/\/ for a host/],
    ["http://172.32.0.1/v1", /https:\/\/ for a host/],
    ["http://100.128.0.1/v1", /https:\/\/ for a host/],
    ["http://localhost.evil.example/v1", /https:\/\/ for a host/],
    ["http://box.local.evil.example/v1", /https:\/\/ for a host/],
    ["http://[2606:4700::1]/v1", /https:\/\/ for a host/],
  ] as const) {
    const read = readUpstreamAddress(typed);
    assert.match(read.kind === "faulty" ? read.fault : "it was taken", fault, typed);
  }
});
