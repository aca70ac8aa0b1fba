#!/usr/bin/env bash
# Installs what build.sh needs, as far as it is absent: a Rust whose core is built for BPF, LLVM 22, and the linker.
#   packages/escrow/program/install-tools.sh
# As root on Debian 12 it installs packages; elsewhere it says what is missing. The linker is compiled once, in some five
# minutes, into AIMO_SBF_TOOLS or the user's cache, where an npm ci leaves it alone.
set -euo pipefail
tools=$(realpath -m "${AIMO_SBF_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/aimo-network/sbf-tools}")
rustc=${AIMO_SBF_RUSTC:-/usr/bin/rustc}
linker_version=0.2.6 # another one may give other bytes: bin/tools.txt is part of the binary's name

has_core() { compgen -G "$("$rustc" --print target-libdir --target bpfel-unknown-none)/libcore-*.rlib"; }
llvm_library() { /sbin/ldconfig -p | sed -n 's/.*=> \(.*libLLVM\.so\.22\.1\)$/\1/p' | head -n 1; }
has_llvm() { [ -n "$(llvm_library)" ]; }
has_linker() { [ "$("$tools/bin/sbpf-linker" --version | head -n 1)" = "sbpf-linker $linker_version" ]; }

# A Debian package, and the command that fails without it.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    printf 'Building the program needs %s. On Debian 12, as root: apt-get install %s\n' "$package" "$package" >&2
    return 1
  fi
  [ -n "${apt_updated:-}" ] || apt-get update -qq
  apt_updated=yes
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
}

need rustc-web "$rustc" --version
need libstd-rust-web-dev-bpf has_core
need libllvm22 has_llvm
# Any cargo of the last years will do, and rustup's is preferred where there is one: it only calls rustc.
need cargo-web cargo --version

if ! has_linker >/dev/null 2>&1; then
  need gcc cc --version
  mkdir -p "$tools/llvm/lib"
  ln -sf "$(llvm_library)" "$tools/llvm/lib/libLLVM.so"
  unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET
  LLVM_PREFIX=$tools/llvm cargo install sbpf-linker --version "$linker_version" --locked --quiet --force \
    --no-default-features --features bpf-linker/llvm-22 --root "$tools"
fi
printf '%s, %s, %s\n' "$("$rustc" --version)" "$("$tools/bin/sbpf-linker" --version | paste -sd ' ')" "$(cargo --version)"
