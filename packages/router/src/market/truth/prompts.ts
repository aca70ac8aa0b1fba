// Prompts made fresh from word lists: no two are the same, so that nobody can know one when it comes.
import { assert } from "@aimo-network/protocol/assert";
import type { Random } from "@aimo-network/protocol/random";
import { ADJECTIVES, DISHES, MARKS, MONTHS, NAMES, OBJECTS, PLACES, RELATIVES, TOPICS, VERBS } from "./words.ts";

/** One of a list. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const picked = items[Math.floor(random.fraction() * items.length)];
  assert(picked !== undefined, "nothing is picked from an empty list");
  return picked;
}

/** A whole number from `least` to `most`. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random.fraction() * (most - least + 1));
}

type Sentence = (random: Random) => string;

const SENTENCES: readonly Sentence[] = [
  (r) => `My ${pick(r, RELATIVES)} ${pick(r, NAMES)} moved to ${pick(r, PLACES)} in ${pick(r, MONTHS)}.`,
  (r) => `We talked about ${pick(r, TOPICS)} for ${between(r, 2, 55)} minutes and I forgot half of it.`,
  (r) => `The ${pick(r, ADJECTIVES)} ${pick(r, OBJECTS)} in the hall cost ${between(r, 11, 940)} euros.`,
  (r) =>
    `${pick(r, NAMES)} wants to ${pick(r, VERBS)} the ${pick(r, OBJECTS)} before ${pick(r, MONTHS)} ${between(r, 1, 28)}.`,
  (r) => `Last week ${pick(r, NAMES)} cooked ${pick(r, DISHES)} for ${between(r, 3, 30)} people.`,
  (r) => `I have read ${between(r, 2, 40)} articles on ${pick(r, TOPICS)}, none of them ${pick(r, ADJECTIVES)}.`,
  (r) => `The train from ${pick(r, PLACES)} to ${pick(r, PLACES)} was ${between(r, 4, 170)} minutes late again.`,
  (r) => `Somebody left a ${pick(r, ADJECTIVES)} ${pick(r, OBJECTS)} at the office, number ${between(r, 100, 999)}.`,
  (r) => `In ${pick(r, PLACES)} it rained on ${between(r, 2, 27)} days of ${pick(r, MONTHS)}.`,
  (r) => `Our group for ${pick(r, TOPICS)} meets at ${pick(r, NAMES)}'s place every ${between(r, 2, 9)} weeks.`,
  (r) => `${pick(r, NAMES)} thinks that ${pick(r, DISHES)} is better with a ${pick(r, ADJECTIVES)} wine.`,
];

const REQUESTS: readonly Sentence[] = [
  (r) => `Could you write a long and ${pick(r, ADJECTIVES)} introduction to ${pick(r, TOPICS)}, step by step?`,
  (r) => `Please explain in detail how I can ${pick(r, VERBS)} a ${pick(r, ADJECTIVES)} ${pick(r, OBJECTS)} at home.`,
  (r) =>
    `Write a ${pick(r, ADJECTIVES)} story of several paragraphs about ${pick(r, NAMES)} and a ${pick(r, OBJECTS)}.`,
  (r) => `What should a visitor see in ${pick(r, PLACES)} in ${pick(r, MONTHS)}? Describe each place at length.`,
  (r) => `Give me a full recipe for ${pick(r, DISHES)} for ${between(r, 2, 16)} people, with every step explained.`,
  (r) => `Compare ${pick(r, TOPICS)} and ${pick(r, TOPICS)} as hobbies for a ${pick(r, ADJECTIVES)} person, in detail.`,
];

/** So many words of small talk, or a few more. */
export function smallTalk(random: Random, words: number): string {
  const sentences: string[] = [];
  for (let count = 0; count < words;) {
    const sentence = pick(random, SENTENCES)(random);
    sentences.push(sentence);
    count += countWords(sentence);
  }
  return sentences.join(" ");
}

/** How many words a text has: no tokenizer counts fewer tokens. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

/** Something to be answered at length, after about as many words about other things. */
export function longQuestion(random: Random, words: number): string {
  return `${smallTalk(random, words)} ${pick(random, REQUESTS)(random)}`;
}

/** Two words that nobody would guess. */
export function markWords(random: Random): string {
  return `${pick(random, MARKS)} ${pick(random, MARKS)}`;
}
