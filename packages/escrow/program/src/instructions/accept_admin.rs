//! 19: the proposed admin takes over, once everybody could have left.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::holds, config::Config, roles::NOBODY},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [new_admin, config, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    require(holds(new_admin, &config.pending_admin), EscrowError::NotPendingAdmin)?;
    require(Now::get()?.time >= config.pending_admin_at, EscrowError::ParamNotReady)?;
    config.admin = config.pending_admin;
    config.pending_admin = NOBODY;
    config.pending_admin_at = 0;
    Ok(())
}
