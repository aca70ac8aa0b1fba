//! 20: gives and takes roles: at once with the cosigner; by the admin alone only takes at once.

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
    let roles = arguments.roles()?;
    arguments.end()?;
    let [admin, cosigner, config, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    config.require_admin(admin)?;
    let is_cosigned = config.has_cosigned(cosigner)?;
    config.set_roles(roles, is_cosigned, Now::get()?.time);
    Ok(())
}
