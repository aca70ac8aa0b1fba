// The tools of a chat request, and which of them the client wants called.

import { TOOLS_MAX } from "./limits.ts";
import { type Fields, invalidField, isFields, readArray, readFields, readText } from "./request-fields.ts";

/** A function the model may call. */
export interface Tool {
  readonly name: string;
  /** The JSON Schema of its arguments; an empty object where the client gave none. */
  readonly parameters: Fields;
  /** Where the schema stood in the request, for error messages. */
  readonly param: string;
}

/** What the client wants: the model's own choice, no call, at least one call, or this function. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/** Reads `tools`: functions only. */
export function readTools(body: Fields): readonly Tool[] {
  return readArray(body, "tools", TOOLS_MAX).map((tool, index) => {
    const param = `tools[${index}]`;
    if (!isFields(tool) || tool["type"] !== "function")
      throw invalidField(param, 'a tool of the type "function"', tool);
    const definition = readFields(tool, "function", `${param}.function`);
    if (definition === undefined) throw invalidField(`${param}.function`, "an object", undefined);
    return {
      name: readText(definition, "name", `${param}.function.name`),
      parameters: readFields(definition, "parameters", `${param}.function.parameters`) ?? {},
      param: `${param}.function.parameters`,
    };
  });
}

/** Reads `tool_choice`; a named function must be one of `tools`. */
export function readToolChoice(body: Fields, tools: readonly Tool[]): ToolChoice {
  const choice = body["tool_choice"];
  if (choice === undefined || choice === null) return "auto";
  if (choice === "auto" || choice === "none") return choice;
  if (choice === "required") {
    if (tools.length === 0)
      throw invalidField("tools", "at least one tool, because `tool_choice` is required", undefined);
    return choice;
  }
  const named =
    isFields(choice) && choice["type"] === "function"
      ? readFields(choice, "function", "tool_choice.function")
      : undefined;
  if (named === undefined) {
    throw invalidField(
      "tool_choice",
      '"auto", "none", "required" or {"type":"function","function":{"name":…}}',
      choice,
    );
  }
  const name = readText(named, "name", "tool_choice.function.name");
  if (!tools.some((tool) => tool.name === name)) {
    throw invalidField("tool_choice.function.name", `the name of one of the ${tools.length} tools`, name);
  }
  return { name };
}
