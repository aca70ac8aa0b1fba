//! 11: pays a provider at once, to its payout account, with the cosigner's agreement.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, pause::COOP_WITHDRAW, provider::Provider},
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
    let [owner, cosigner, config, provider, vault, authority, payout, mint, token_program, ..] = context.accounts
    else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    let provider = state::load_of::<Provider>(provider, context.program_id, &config_address)?;
    provider.require_owner(owner)?;
    config.require_cosigner(cosigner)?;
    let now = Now::get()?;
    config.pauses.require_open(COOP_WITHDRAW, now.time)?;
    require(
        opened_slot == provider.opened_slot && withdraw_seq == provider.withdraw_seq,
        EscrowError::BadWithdrawSeq,
    )?;
    provider.require_claimable(amount)?;
    provider.apply_due(now.time);
    provider.require_payout(payout.address())?;

    provider.withdraw(amount)?;
    provider.withdraw_seq += 1;
    config.total_provider -= amount;
    let payment = Payment {
        config_address: &config_address,
        config,
        vault,
        authority,
        destination: payout,
        mint,
        token_program,
    };
    payment.check_accounts()?;
    payment.check_destination()?;
    payment.pay(amount)
}
