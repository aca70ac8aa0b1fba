//! 16: announces new params. What hurts nobody is in force at once, the rest after everybody could leave.

use crate::{
    arguments::Arguments,
    error::EscrowError,
    now::Now,
    state::{self, config::Config},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let params = arguments.params()?;
    arguments.end()?;
    let [admin, config, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    config.require_admin(admin)?;
    params.check(&config.mint)?;
    config.schedule_params(params, Now::get()?.time);
    Ok(())
}
