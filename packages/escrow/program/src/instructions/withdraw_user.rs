//! 5: pays a user at once, to where the user says, with the cosigner's agreement.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, escrow::Escrow, pause::COOP_WITHDRAW},
    vault::Payment,
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let amount = arguments.amount()?;
    let opened_slot = arguments.u64()?;
    let withdraw_seq = arguments.u32()?;
    arguments.end()?;
    let [user, cosigner, config, escrow, vault, authority, destination, mint, token_program, ..] = context.accounts
    else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    let escrow = state::load_of::<Escrow>(escrow, context.program_id, &config_address)?;
    escrow.require_user(user)?;
    config.require_cosigner(cosigner)?;
    let now = Now::get()?;
    config.pauses.require_open(COOP_WITHDRAW, now.time)?;
    require(!escrow.is_exiting(), EscrowError::ExitPending)?;
    require(
        opened_slot == escrow.opened_slot && withdraw_seq == escrow.withdraw_seq,
        EscrowError::BadWithdrawSeq,
    )?;

    escrow.withdraw(amount, now.slot)?;
    escrow.withdraw_seq += 1;
    config.total_user -= amount;
    let payment = Payment {
        config_address: &config_address,
        config,
        vault,
        authority,
        destination,
        mint,
        token_program,
    };
    payment.check_accounts()?;
    payment.check_destination()?;
    payment.pay(amount)
}
