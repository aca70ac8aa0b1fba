// The shape that all hash trees here have: nodes are joined in pairs, level by level; one without a partner moves up as it is.

/** Leaves of one tree: more than any batch or router has, and a tree of them takes a few seconds. */
export const TREE_LEAVES_MAX = 2 ** 20;

/** On which side of a path a sibling is joined. */
type Side = "left" | "right";

/** How two nodes make the one above them. */
export type Join<Node> = (left: Node, right: Node) => Node;

/** Whether a tree may have this many leaves, and one of them this place. */
export function isPlace(index: number, size: number): boolean {
  return isSize(size) && Number.isInteger(index) && index >= 0 && index < size;
}

/** Whether a tree may have this many leaves. */
export function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 0 && size <= TREE_LEAVES_MAX;
}

/** All levels of a tree, from the leaves up to the top; a tree without leaves has no top. */
export type Levels<Node> = readonly (readonly Node[])[];

/** Nodes that are joined before other work has its turn: some ten milliseconds. */
const JOINS_PER_TURN = 4_000;

/** Grows a tree level by level; stops after some work each time. */
export function* growLevels<Node>(leaves: readonly Node[], join: Join<Node>): Generator<undefined, Levels<Node>> {
  const levels = [leaves];
  let joins = 0;
  for (let level = leaves; level.length > 1;) {
    const above: Node[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]] as [Node, Node | undefined];
      // Joined with itself instead, a list with its last leaf repeated would have the same root (CVE-2012-2459).
      above.push(right === undefined ? left : join(left, right));
      joins += 1;
      if (joins % JOINS_PER_TURN === 0) yield;
    }
    levels.push(above);
    level = above;
  }
  return levels;
}

/** Grows to the end at once. */
export function grown<Result>(growing: Generator<undefined, Result>): Result {
  for (;;) {
    const step = growing.next();
    if (step.done === true) return step.value;
  }
}

/** Grows to the end, and awaits a turn of other work wherever it stops. */
export async function grownInTurns<Result>(
  growing: Generator<undefined, Result>,
  turn: () => Promise<void>,
): Promise<Result> {
  for (;;) {
    const step = growing.next();
    if (step.done === true) return step.value;
    await turn();
  }
}

/** What all leaves are joined to; undefined where there are none. */
export function topOf<Node>(levels: Levels<Node>): Node | undefined {
  return levels.at(-1)?.[0];
}

/** The siblings on the way from a leaf to the top. */
export function siblingsOf<Node>(levels: Levels<Node>, index: number): Node[] {
  return levels.slice(0, -1).flatMap((level, height) => {
    const at = Math.floor(index / 2 ** height);
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    return sibling === undefined ? [] : [sibling];
  });
}

/** On which side each sibling stands, from the leaf up: a place has exactly as many siblings as this. */
function sidesOf(index: number, size: number): Side[] {
  const sides: Side[] = [];
  let at = index;
  for (let width = size; width > 1; width = Math.ceil(width / 2)) {
    if (at % 2 === 1) sides.push("left");
    else if (at + 1 < width) sides.push("right");
    at = Math.floor(at / 2);
  }
  return sides;
}

/** A leaf, its place, and the siblings on its way to the top. */
export interface Climb<Node> {
  readonly leaf: Node;
  readonly index: number;
  readonly size: number;
  readonly siblings: readonly Node[];
}

/** Where a leaf gets with its siblings; undefined where the place has not as many, or is none. */
export function climb<Node extends object>(
  { leaf, index, size, siblings }: Climb<Node>,
  join: Join<Node>,
): Node | undefined {
  if (!isPlace(index, size)) return undefined;
  const sides = sidesOf(index, size);
  if (sides.length !== siblings.length) return undefined;
  return siblings.reduce(
    (node, sibling, at) => (sides[at] === "left" ? join(sibling, node) : join(node, sibling)),
    leaf,
  );
}
