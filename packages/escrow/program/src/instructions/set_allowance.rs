//! 3: says how much may ever be settled, and until when. Raised at once, lowered after a notice.

use crate::{
    arguments::Arguments,
    error::EscrowError,
    now::Now,
    state::{self, config::Config, escrow::Escrow},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let total = arguments.ceiling()?;
    let expires_at = arguments.moment()?;
    arguments.end()?;
    let [user, config, escrow, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    let notice = state::load::<Config>(config, context.program_id)?
        .params
        .allowance_notice;
    let escrow = state::load_of::<Escrow>(escrow, context.program_id, &config_address)?;
    escrow.require_user(user)?;
    let now = Now::get()?;
    Ok(escrow.set_allowance(total, expires_at, now.time, notice)?)
}
