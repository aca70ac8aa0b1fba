#!/usr/bin/env bash
# Builds the program and writes program/bin: the binary, its SHA-256 and the tools that made it.
#   packages/escrow/program/build.sh [output folder]
# Tools: install-tools.sh beside this file, or another folder with bin/sbpf-linker in AIMO_SBF_TOOLS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=$(realpath -m "${1:-bin}")
tools=$(realpath -m "${AIMO_SBF_TOOLS:-../../../node_modules/.cache/sbf-tools}")
rustc=${AIMO_SBF_RUSTC:-/usr/bin/rustc} # Debian's rustc-web, beside whatever rustup has: its core is built for BPF
export PATH="$tools/bin:$PATH"

target=$tools/target
RUSTC=$rustc cargo build --quiet --release --target bpfel-unknown-none --target-dir "$target" --workspace

mkdir -p "$out"
node add-section.ts "$target/bpfel-unknown-none/release/libaimo_escrow.so" .security.txt security.txt "$out/aimo_escrow.so"
