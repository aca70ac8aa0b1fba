// The sections of a 64-bit little-endian ELF file: read, and one more added behind the others.

/** A section by its name, with what it holds. */
export interface Section {
  readonly name: string;
  readonly content: Uint8Array;
}

const MAGIC = 0x7f454c46; // "\x7fELF", read big-endian
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const SECTION_TABLE_OFFSET = 40; // of the file's header: where the table of sections begins
const SECTION_COUNT = 60;
const NAMES_INDEX = 62;
const HEADER_BYTES = 64; // of one section in that table
const KIND_PROGRAM_DATA = 1;
const KIND_WITHOUT_BYTES = 8;

interface Layout {
  readonly view: DataView;
  readonly tableOffset: number;
  readonly count: number;
  readonly namesIndex: number;
}

function layoutOf(elf: Uint8Array): Layout {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const isElf = elf.length >= 64 && view.getUint32(0) === MAGIC && elf[4] === CLASS_64 && elf[5] === LITTLE_ENDIAN;
  if (!isElf) throw new Error("Expected a 64-bit little-endian ELF file: is this the linker's output?");
  return {
    view,
    tableOffset: Number(view.getBigUint64(SECTION_TABLE_OFFSET, true)),
    count: view.getUint16(SECTION_COUNT, true),
    namesIndex: view.getUint16(NAMES_INDEX, true),
  };
}

/** Where a section's bytes are: offset and size. */
function placeOf({ view, tableOffset }: Layout, index: number): [offset: number, size: number] {
  const header = tableOffset + index * HEADER_BYTES;
  const size = view.getUint32(header + 4, true) === KIND_WITHOUT_BYTES ? 0n : view.getBigUint64(header + 32, true);
  return [Number(view.getBigUint64(header + 24, true)), Number(size)];
}

function contentOf(elf: Uint8Array, layout: Layout, index: number): Uint8Array {
  const [offset, size] = placeOf(layout, index);
  return elf.subarray(offset, offset + size);
}

/** The sections of an ELF file in their order, without the empty first one. */
export function sectionsOf(elf: Uint8Array): Section[] {
  const layout = layoutOf(elf);
  const names = new TextDecoder().decode(contentOf(elf, layout, layout.namesIndex));
  return Array.from({ length: layout.count }, (_, index): Section => {
    const start = layout.view.getUint32(layout.tableOffset + index * HEADER_BYTES, true);
    return { name: names.slice(start, names.indexOf("\0", start)), content: contentOf(elf, layout, index) };
  }).slice(1);
}

function sectionHeader(name: number, offset: number, size: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, name, true);
  view.setUint32(4, KIND_PROGRAM_DATA, true);
  view.setBigUint64(24, BigInt(offset), true);
  view.setBigUint64(32, BigInt(size), true);
  view.setBigUint64(48, 1n, true); // aligned to a byte
  return header;
}

/**
 * The file with one section more. It has no address, so the runtime never loads it. Whatever is loaded stays at its
 * offset: the names of the sections and their table have to be the last two things in the file. The new section comes
 * behind the names, because the loader refuses programs whose sections are not in the order of their offsets.
 */
export function withSection(elf: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const layout = layoutOf(elf);
  const names = contentOf(elf, layout, layout.namesIndex);
  const [namesOffset] = placeOf(layout, layout.namesIndex);
  const tableEnd = layout.tableOffset + layout.count * HEADER_BYTES;
  const isLast = layout.namesIndex === layout.count - 1 && tableEnd === elf.length;
  if (!isLast) throw new Error("Expected the names and the table of sections at the end of the file.");

  const longerNames = Buffer.concat([names, Buffer.from(`${name}\0`)]);
  const contentOffset = namesOffset + longerNames.length;
  const body = Buffer.concat([elf.subarray(0, namesOffset), longerNames, content]);
  const padding = Buffer.alloc(-body.length & 7);
  const table = Buffer.concat([
    elf.subarray(layout.tableOffset, tableEnd),
    sectionHeader(names.length, contentOffset, content.length),
  ]);
  table.writeBigUInt64LE(BigInt(longerNames.length), layout.namesIndex * HEADER_BYTES + 32);
  const whole = Buffer.concat([body, padding, table]);
  whole.writeBigUInt64LE(BigInt(body.length + padding.length), SECTION_TABLE_OFFSET);
  whole.writeUInt16LE(layout.count + 1, SECTION_COUNT);
  return new Uint8Array(whole);
}
