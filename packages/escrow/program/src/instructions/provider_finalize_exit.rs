//! 13: pays a provider whose exit is due, to its payout account. Anybody may call it; never pausable.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, provider::Provider},
    vault::Payment,
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [config, provider, vault, authority, payout, mint, token_program, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    let provider = state::load_of::<Provider>(provider, context.program_id, &config_address)?;
    require(provider.is_exiting(), EscrowError::ExitNotRequested)?;
    let now = Now::get()?;
    require(now.time >= provider.exit_deadline(), EscrowError::ExitTooEarly)?;
    provider.apply_due(now.time);
    provider.require_payout(payout.address())?;

    let amount = provider.exit_amount.min(provider.claimable());
    provider.withdraw(amount)?;
    provider.end_exit();
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
    if amount == 0 {
        return Ok(());
    }
    payment.check_destination()?;
    payment.pay(amount)
}
