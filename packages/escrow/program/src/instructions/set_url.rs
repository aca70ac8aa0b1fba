//! 23: changes the router's public URL in the directory.

use crate::{
    arguments::Arguments,
    error::EscrowError,
    state::{self, config::Config},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let [admin, config, ..] = &mut *context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    config.require_admin(admin)?;
    let mut arguments = Arguments::of(context.data);
    arguments.url(&mut config.url)?;
    Ok(arguments.end()?)
}
