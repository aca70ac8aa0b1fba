//! 21: pauses for a while what could do harm; leaving is never paused.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::holds, config::Config, pause::Pauses},
    Context,
};
use pinocchio::ProgramResult;

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    let mut arguments = Arguments::of(context.data);
    let set = arguments.byte()?;
    let clear = arguments.byte()?;
    arguments.end()?;
    Pauses::check_masks(set, clear)?;
    let [signer, config, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config = state::load::<Config>(config, context.program_id)?;
    let is_admin = holds(signer, &config.admin);
    let is_guardian = holds(signer, &config.roles.guardian);
    require(is_admin || is_guardian, EscrowError::MissingSigner)?;
    require(is_admin || clear == 0, EscrowError::NotAdmin)?;
    let time = Now::get()?.time;
    config.pauses.clear(clear, time);
    let notice = config.params.allowance_notice;
    Ok(config.pauses.set(set, time, notice)?)
}
