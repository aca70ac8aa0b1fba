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

/** The level above a level. */
function levelAbove<Node>(level: readonly Node[], join: Join<Node>): Node[] {
  const above: Node[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]] as [Node, Node | undefined];
    // Joined with itself instead, a list with its last leaf repeated would have the same root (CVE-2012-2459).
    above.push(right === undefined ? left : join(left, right));
  }
  return above;
}

/** What all leaves are joined to; undefined where there are none. */
export function topOf<Node extends object>(leaves: readonly Node[], join: Join<Node>): Node | undefined {
  let level = leaves;
  while (level.length > 1) level = levelAbove(level, join);
  return level[0];
}

/** The siblings on the way from a leaf to the top. */
export function siblingsOf<Node extends object>(leaves: readonly Node[], index: number, join: Join<Node>): Node[] {
  const siblings: Node[] = [];
  let level = leaves;
  for (let at = index; level.length > 1; at = Math.floor(at / 2)) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) siblings.push(sibling);
    level = levelAbove(level, join);
  }
  return siblings;
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
