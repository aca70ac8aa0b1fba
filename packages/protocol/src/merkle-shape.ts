// The shape that all hash trees here have: nodes are joined in pairs, level by level; one without a partner moves up as it is.
import { assert } from "./assert.ts";

/** Leaves of one tree: more than any batch or router has, and a tree of them takes a few seconds. */
export const TREE_LEAVES_MAX = 2 ** 20;

/** On which side of a path a sibling is joined. */
type Side = "left" | "right";

/** How two nodes make the one above them. */
export type Join<Node> = (left: Node, right: Node) => Node;

/** Whether a tree may have this many leaves, and one of them this place. */
function isPlace(index: number, size: number): boolean {
  return isSize(size) && Number.isInteger(index) && index >= 0 && index < size;
}

/** Whether a tree may have this many leaves. */
export function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 0 && size <= TREE_LEAVES_MAX;
}

/** All levels of a tree, from the leaves up to the top; a tree without leaves has no top. */
type Levels<Node> = readonly (readonly Node[])[];

/** What a tree is made of. */
export interface TreeParts<Node, Root> {
  readonly leaves: readonly Node[];
  readonly join: Join<Node>;
  /** What stands for the whole tree; its top is undefined where there are no leaves. */
  seal(top: Node | undefined): Root;
}

/** A tree over leaves in their order. */
export interface Tree<Node, Root> {
  readonly root: Root;
  readonly size: number;
  /** The siblings by which the leaf at a place leads to the top, from the leaf up. */
  proofOf(index: number): Node[];
}

/** Nodes that are joined before other work has its turn: some ten milliseconds. */
const JOINS_PER_TURN = 4_000;

function* growLevels<Node>(leaves: readonly Node[], join: Join<Node>): Generator<undefined, Levels<Node>> {
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

function siblingsOf<Node>(levels: Levels<Node>, index: number): Node[] {
  return levels.slice(0, -1).flatMap((level, height) => {
    const at = Math.floor(index / 2 ** height);
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    return sibling === undefined ? [] : [sibling];
  });
}

/** Grows a tree, and stops after some work each time. */
function* growing<Node, Root>({ leaves, join, seal }: TreeParts<Node, Root>): Generator<undefined, Tree<Node, Root>> {
  const levels = yield* growLevels(leaves, join);
  const size = leaves.length;
  return {
    root: seal(levels.at(-1)?.[0]),
    size,
    proofOf(index) {
      assert(isPlace(index, size), "the leaf to prove is one of the tree's");
      return siblingsOf(levels, index);
    },
  };
}

/** Makes a tree. */
export function makeTree<Node, Root>(parts: TreeParts<Node, Root>): Tree<Node, Root> {
  const growth = growing(parts);
  for (;;) {
    const step = growth.next();
    if (step.done === true) return step.value;
  }
}

/** Makes a tree, and awaits a turn of other work now and then: a large one takes a second. */
export async function makeTreeInTurns<Node, Root>(
  parts: TreeParts<Node, Root>,
  turn: () => Promise<void>,
): Promise<Tree<Node, Root>> {
  const growth = growing(parts);
  for (;;) {
    const step = growth.next();
    if (step.done === true) return step.value;
    await turn();
  }
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
