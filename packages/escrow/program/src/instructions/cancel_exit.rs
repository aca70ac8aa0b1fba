//! 7: a user who wanted to leave stays.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
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
    state::load::<Config>(config, context.program_id)?;
    let escrow = state::load_of::<Escrow>(escrow, context.program_id, &config_address)?;
    escrow.require_user(user)?;
    require(escrow.is_exiting(), EscrowError::ExitNotRequested)?;
    escrow.end_exit();
    Ok(())
}
