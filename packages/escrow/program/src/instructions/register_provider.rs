//! 10: opens a provider's account; whoever wants to pay a provider may do it.

use crate::{
    arguments::Arguments,
    create::NewAccount,
    error::EscrowError,
    now::Now,
    state::{self, config::Config, provider::Provider, roles::NOBODY, Record, VERSION},
    token::associated_account,
    Context,
};
use core::mem::size_of;
use pinocchio::ProgramResult;

pub const SEED: &[u8] = b"provider";

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let program_id = context.program_id;
    Arguments::of(context.data).end()?;
    let [payer, owner, config, provider, _system, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let mint = state::load::<Config>(config, program_id)?.mint;
    let mut bump = 0;
    NewAccount {
        payer,
        account: provider,
        seeds: &[SEED, config_address.as_ref(), owner.address().as_ref()],
        space: size_of::<Provider>(),
        owner: program_id,
    }
    .create(program_id, &mut bump)?;
    let record = Provider {
        kind: Provider::KIND,
        version: VERSION,
        bump,
        reserved: [0; 5],
        config: config_address,
        owner: *owner.address(),
        rent_payer: *payer.address(),
        payout: associated_account(owner.address(), &mint),
        pending_payout: NOBODY,
        pending_payout_at: 0,
        opened_slot: Now::get()?.slot,
        earned_total: 0,
        withdrawn_total: 0,
        exit_requested_at: 0,
        exit_amount: 0,
        exit_delay: 0,
        withdraw_seq: 0,
        reserved_end: [0; 4],
    };
    Ok(state::write(provider, record)?)
}
