// The words the other descriptions are written in: number and byte types, and fields of structs.
import {
  arrayTypeNode,
  bytesTypeNode,
  bytesValueNode,
  fixedCountNode,
  fixedSizeTypeNode,
  numberTypeNode,
  numberValueNode,
  publicKeyTypeNode,
  structFieldTypeNode,
} from "codama";
import type { ArrayTypeNode, BytesTypeNode, FixedSizeTypeNode, StructFieldTypeNode, TypeNode } from "codama";

/** An unsigned byte. */
export const u8 = numberTypeNode("u8");
/** An unsigned number of 2 bytes. */
export const u16 = numberTypeNode("u16");
/** An unsigned number of 4 bytes. */
export const u32 = numberTypeNode("u32");
/** An unsigned number of 8 bytes: amounts, slots, durations. */
export const u64 = numberTypeNode("u64");
/** A signed number of 8 bytes: times. */
export const i64 = numberTypeNode("i64");
/** An address of 32 bytes, where zeros are nobody. */
export const pubkey = publicKeyTypeNode();

/** A fixed number of bytes. */
export function bytes(length: number): FixedSizeTypeNode<BytesTypeNode> {
  return fixedSizeTypeNode(bytesTypeNode(), length);
}

/** A fixed number of times, one after the other. */
export function times(count: number): ArrayTypeNode {
  return arrayTypeNode(i64, fixedCountNode(count));
}

/** A field of a struct. */
export function field(name: string, type: TypeNode): StructFieldTypeNode {
  return structFieldTypeNode({ name, type });
}

/** A byte that is always the same, which encoders write without being told. */
export function constantByte(name: string, value: number): StructFieldTypeNode {
  return structFieldTypeNode({
    name,
    type: u8,
    defaultValue: numberValueNode(value),
    defaultValueStrategy: "omitted",
  });
}

/** Bytes without a meaning yet, which encoders write as zeros. */
export function reserved(name: string, length: number): StructFieldTypeNode {
  return structFieldTypeNode({
    name,
    type: bytes(length),
    defaultValue: bytesValueNode("base16", "00".repeat(length)),
    defaultValueStrategy: "omitted",
  });
}
