//! The escrow of AiMo Network: one pooled vault per router, a ledger account for each user and each provider.
//! `docs/escrow.md` says what it has to do; the tables there and the modules here have the same names and order.
#![cfg_attr(not(test), no_std)]

mod arguments;
mod create;
mod error;
mod instructions;
#[cfg(target_arch = "bpf")]
mod mem;
mod now;
#[cfg(any(target_os = "solana", target_arch = "bpf"))]
mod runtime;
mod state;
mod token;
mod vault;

use error::EscrowError;
use instructions as run;
use pinocchio::{AccountView, Address, ProgramResult};

/// What an instruction is called with. One reference, because BPF functions take five register arguments at most.
pub(crate) struct Context<'a> {
    pub program_id: &'a Address,
    pub accounts: &'a mut [AccountView],
    /// The instruction's arguments: its data without the first byte.
    pub data: &'a [u8],
}

/// Finds the instruction by its number, the first byte of the data.
pub fn process_instruction(program_id: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let Some((number, data)) = data.split_first() else {
        return Err(EscrowError::BadInstruction.into());
    };
    let context = &mut Context {
        program_id,
        accounts,
        data,
    };
    match number {
        0 => run::init_config::run(context),
        1 => run::open_escrow::run(context),
        2 => run::deposit::run(context),
        3 => run::set_allowance::run(context),
        4 => run::settle_batch::run(context),
        5 => run::withdraw_user::run(context),
        6 => run::request_exit::run(context),
        7 => run::cancel_exit::run(context),
        8 => run::finalize_exit::run(context),
        9 => run::close_escrow::run(context),
        10 => run::register_provider::run(context),
        11 => run::withdraw_provider::run(context),
        12 => run::provider_request_exit::run(context),
        13 => run::provider_finalize_exit::run(context),
        14 => run::set_payout::run(context),
        15 => run::collect_fees::run(context),
        16 => run::schedule_params::run(context),
        17 => run::apply_params::run(context),
        18 => run::propose_admin::run(context),
        19 => run::accept_admin::run(context),
        20 => run::set_roles::run(context),
        21 => run::set_pause::run(context),
        22 => run::sweep_surplus::run(context),
        23 => run::set_url::run(context),
        _ => Err(EscrowError::BadInstruction.into()),
    }
}
