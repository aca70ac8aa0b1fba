//! 14: chooses where a provider is paid: at once with the cosigner, after a delay by the owner alone.

use crate::{
    arguments::Arguments,
    error::EscrowError,
    now::Now,
    state::{self, config::Config, provider::Provider},
    vault::check_outside,
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [owner, cosigner, config, provider, payout, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let config = state::load::<Config>(config, context.program_id)?;
    let provider = state::load_of::<Provider>(provider, context.program_id, &config_address)?;
    provider.require_owner(owner)?;
    let is_cosigned = config.has_cosigned(cosigner)?;
    check_outside(payout, config)?;
    let delay = config.params.provider_exit_delay;
    provider.set_payout(*payout.address(), is_cosigned, Now::get()?.time, delay);
    Ok(())
}
