//! What the Solana runtime needs of a program: entry, no heap, and what happens on a panic.

use crate::process_instruction;
use pinocchio::{no_allocator, program_entrypoint};

/// The config, its settler, and two ledger accounts for each of 64 entries.
const ACCOUNTS_MAX: usize = 130;

program_entrypoint!(process_instruction, ACCOUNTS_MAX);
no_allocator!();

/// Leaves the panic's location out, so that no path of the building machine gets into the binary.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    const MESSAGE: &str = "panicked";
    unsafe {
        pinocchio::syscalls::sol_log_(MESSAGE.as_ptr(), MESSAGE.len() as u64);
        pinocchio::syscalls::abort()
    }
}
