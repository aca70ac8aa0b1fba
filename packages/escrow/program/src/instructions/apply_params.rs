//! 17: puts announced params and roles in force whose time has come.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [admin, config, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    config.require_admin(admin)?;
    let was_due = config.apply_due(Now::get()?.time);
    Ok(require(was_due, EscrowError::ParamNotReady)?)
}
