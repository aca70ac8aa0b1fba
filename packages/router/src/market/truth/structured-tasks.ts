// Tasks whose answer has a shape: functions to call, and objects to write, with the schemas that judge them.
import type { Random } from "@aimo-network/protocol/random";
import type { TSchema } from "typebox";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { between, pick } from "./prompts.ts";
import { DISHES, MONTHS, NAMES, OBJECTS, PLACES, TOPICS } from "./words.ts";

/** A schema as it is sent, and whether a text is JSON that it allows. */
export interface ShapedTask {
  readonly name: string;
  readonly description: string;
  readonly schema: TSchema;
  allows(text: string): boolean;
  ask(random: Random): string;
}

const STRICT = { additionalProperties: false };

function task(name: string, description: string, members: Record<string, TSchema>, ask: ShapedTask["ask"]): ShapedTask {
  const schema = Type.Object(members, STRICT);
  const compiled = Compile(schema);
  return {
    name,
    description,
    schema,
    ask,
    allows(text) {
      const value = readJson(text);
      return value !== undefined && compiled.Check(value);
    },
  };
}

/** The value of a JSON text; undefined for any other text. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // that it is none is what the caller wants to know
  }
}

/** Functions that assistants are given. */
export const FUNCTIONS: readonly ShapedTask[] = [
  task(
    "get_weather",
    "Get the weather forecast for a city",
    { city: Type.String(), unit: Type.Enum(["celsius", "fahrenheit"]), days: Type.Integer() },
    (r) => `What will the weather be like in ${pick(r, PLACES)} over the next ${between(r, 2, 9)} days, in celsius?`,
  ),
  task(
    "add_reminder",
    "Add a reminder to the user's calendar",
    { title: Type.String(), minutes_before: Type.Integer() },
    (r) => `Remind me ${between(r, 5, 90)} minutes before I meet ${pick(r, NAMES)} about the ${pick(r, OBJECTS)}.`,
  ),
  task(
    "search_recipes",
    "Search the recipe collection",
    { dish: Type.String(), servings: Type.Integer(), vegetarian: Type.Boolean() },
    (r) => `Find me a vegetarian recipe for ${pick(r, DISHES)} for ${between(r, 2, 14)} people.`,
  ),
  task(
    "book_table",
    "Book a table at a restaurant",
    { city: Type.String(), guests: Type.Integer(), month: Type.String(), day: Type.Integer() },
    (r) =>
      `Please book a table for ${between(r, 2, 12)} in ${pick(r, PLACES)} on ${pick(r, MONTHS)} ${between(r, 1, 28)}.`,
  ),
];

/** Objects that people have models write. */
export const OBJECT_TASKS: readonly ShapedTask[] = [
  task(
    "recipe_card",
    "A short recipe",
    { title: Type.String(), minutes: Type.Integer(), ingredients: Type.Array(Type.String()) },
    (r) => `Make a recipe card for ${pick(r, DISHES)} for ${between(r, 2, 14)} people, with a few ingredients.`,
  ),
  task(
    "person",
    "A person",
    { name: Type.String(), city: Type.String(), hobby: Type.String(), age: Type.Integer() },
    (r) => `${pick(r, NAMES)} is ${between(r, 19, 80)}, lives in ${pick(r, PLACES)} and loves ${pick(r, TOPICS)}.`,
  ),
  task(
    "course",
    "An evening course",
    { topic: Type.String(), weeks: Type.Integer(), level: Type.Enum(["beginner", "advanced"]) },
    (r) => `The evening course on ${pick(r, TOPICS)} in ${pick(r, PLACES)} takes ${between(r, 3, 20)} weeks.`,
  ),
];
