#!/usr/bin/env bash
# Builds the program and writes program/bin: the binary, its SHA-256 and the tools that made it.
#   packages/escrow/program/build.sh [output folder]
# The same source and the same tools give the same bytes in every folder. Tools: install-tools.sh beside this file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=$(realpath -m "${1:-bin}")
tools=$(realpath -m "${AIMO_SBF_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/aimo-network/sbf-tools}")
rustc=${AIMO_SBF_RUSTC:-/usr/bin/rustc} # Debian's rustc-web, beside whatever rustup has: its core is built for BPF
node=../../../node_modules/node/bin/node # the system's own may not run TypeScript
export PATH="$tools/bin:$PATH"
for tool in sbpf-linker cargo "$rustc" "$node"; do
  command -v "$tool" >/dev/null || { printf 'There is no %s: run install-tools.sh, and npm ci for Node.\n' "$tool" >&2; exit 1; }
done

# Flags from outside would change the bytes.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET
# Of this checkout alone: cargo takes another checkout's files for its own and would give that one's program.
target=$(realpath -m "${AIMO_SBF_TARGET:-target}")
RUSTC=$rustc cargo build --quiet --release --target bpfel-unknown-none --target-dir "$target" --workspace

mkdir -p "$out"
built=$target/bpfel-unknown-none/release
"$node" add-section.ts "$built/libaimo_escrow.so" security.txt "$out/aimo_escrow.so"
cp "$built/libspoofer.so" "$out/spoofer.so"
cd "$out"
chmod 644 aimo_escrow.so spoofer.so
for program in aimo_escrow spoofer; do sha256sum "$program.so" >"$program.so.sha256"; done
{
  "$rustc" --version
  printf 'its LLVM %s\n' "$("$rustc" -vV | sed -n 's/^LLVM version: //p')"
  sbpf-linker --version | paste -sd ' ' | sed 's/ LLVM/ with LLVM/'
} >tools.txt
