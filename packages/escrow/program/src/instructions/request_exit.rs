//! 6: starts the clock of a user who leaves without the router. Never pausable.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, escrow::Escrow},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [user, config, escrow, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let delay = state::load::<Config>(config, context.program_id)?
        .params
        .user_exit_delay;
    let escrow = state::load_of::<Escrow>(escrow, context.program_id, &config_address)?;
    escrow.require_user(user)?;
    require(!escrow.is_exiting(), EscrowError::ExitPending)?;
    escrow.exit_requested_at = Now::get()?.time;
    escrow.exit_delay = delay;
    Ok(())
}
