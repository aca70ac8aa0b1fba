//! 12: starts the clock of a provider that leaves without the router. Never pausable.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, provider::Provider},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let amount = arguments.amount()?;
    arguments.end()?;
    let [owner, config, provider, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let delay = state::load::<Config>(config, context.program_id)?
        .params
        .provider_exit_delay;
    let provider = state::load_of::<Provider>(provider, context.program_id, &config_address)?;
    provider.require_owner(owner)?;
    require(!provider.is_exiting(), EscrowError::ExitPending)?;
    provider.require_claimable(amount)?;
    provider.exit_requested_at = Now::get()?.time;
    provider.exit_amount = amount;
    provider.exit_delay = delay;
    Ok(())
}
