//! 1: opens a user's escrow with a finite allowance. A sponsor may pay the rent; the user signs.

use crate::{
    arguments::Arguments,
    create::NewAccount,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, escrow::Escrow, Record, VERSION},
    Context,
};
use core::mem::size_of;
use pinocchio::ProgramResult;

pub const SEED: &[u8] = b"escrow";

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let program_id = context.program_id;
    let mut arguments = Arguments::of(context.data);
    let allow_total = arguments.ceiling()?;
    let allow_expires_at = arguments.moment()?;
    arguments.end()?;
    let [payer, user, config, escrow, _system, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    state::load::<Config>(config, program_id)?;
    require(user.is_signer(), EscrowError::MissingSigner)?;
    let mut bump = 0;
    NewAccount {
        payer,
        account: escrow,
        seeds: &[SEED, config_address.as_ref(), user.address().as_ref()],
        space: size_of::<Escrow>(),
        owner: program_id,
    }
    .create(program_id, &mut bump)?;
    let record = Escrow {
        kind: Escrow::KIND,
        version: VERSION,
        bump,
        reserved: [0; 5],
        config: config_address,
        user: *user.address(),
        rent_payer: *payer.address(),
        opened_slot: Now::get()?.slot,
        balance: 0,
        deposited_total: 0,
        withdrawn_total: 0,
        settled_total: 0,
        allow_total,
        allow_expires_at,
        pending_allow_total: 0,
        pending_allow_expires_at: 0,
        pending_allow_at: 0,
        last_debit_slot: 0,
        exit_requested_at: 0,
        exit_delay: 0,
        settle_seq: 0,
        withdraw_seq: 0,
    };
    Ok(state::write(escrow, record)?)
}
