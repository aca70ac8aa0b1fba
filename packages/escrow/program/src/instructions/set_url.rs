//! 23: changes the router's public URL in the directory.

use crate::{
    arguments::{Arguments, URL_MAX},
    error::EscrowError,
    state::{self, config::Config},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let mut url = [0; URL_MAX];
    arguments.url(&mut url)?;
    arguments.end()?;
    let [admin, config, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    config.require_admin(admin)?;
    config.url = url;
    Ok(())
}
