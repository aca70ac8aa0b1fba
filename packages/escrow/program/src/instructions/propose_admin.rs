//! 18: names the next admin, or nobody.

use crate::{
    arguments::Arguments,
    error::EscrowError,
    now::Now,
    state::{self, config::Config, roles::NOBODY},
    Context,
};
use pinocchio::{address::address_eq, ProgramResult};

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let proposed = arguments.address()?;
    arguments.end()?;
    let [admin, config, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    config.require_admin(admin)?;
    let is_withdrawn = address_eq(&proposed, &NOBODY);
    let end = config.timelock_end(Now::get()?.time);
    config.pending_admin = proposed;
    config.pending_admin_at = if is_withdrawn { 0 } else { end };
    Ok(())
}
