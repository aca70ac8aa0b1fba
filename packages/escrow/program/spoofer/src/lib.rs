//! A hostile program for the tests: calls another program and claims signatures it does not have.
//! Accounts: the program to call, then those to pass on. Data: a byte of flags for each of these (1 writable,
//! 2 signs), then what to call it with.
#![no_std]

#[path = "../../src/mem.rs"]
#[cfg(target_arch = "bpf")]
mod mem;

use pinocchio::{
    cpi::invoke_with_bounds, error::ProgramError, instruction::InstructionAccount, instruction::InstructionView,
    AccountView, Address, ProgramResult,
};

const PASSED_MAX: usize = 12;

#[cfg(any(target_os = "solana", target_arch = "bpf"))]
mod runtime {
    pinocchio::program_entrypoint!(super::spoof, 13);
    pinocchio::no_allocator!();

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        // SAFETY: ends the program.
        unsafe { pinocchio::syscalls::abort() }
    }
}

pub fn spoof(_: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [callee, passed @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let (flags, data) = data
        .split_at_checked(passed.len())
        .ok_or(ProgramError::InvalidInstructionData)?;
    let mut claims: [InstructionAccount; PASSED_MAX] =
        core::array::from_fn(|_| InstructionAccount::readonly(callee.address()));
    for ((claim, account), flags) in claims.iter_mut().zip(&*passed).zip(flags) {
        *claim = InstructionAccount::new(account.address(), flags & 1 != 0, flags & 2 != 0);
    }
    let instruction = InstructionView {
        program_id: callee.address(),
        data,
        accounts: &claims[..passed.len()],
    };
    invoke_with_bounds::<PASSED_MAX, _>(&instruction, passed)
}
