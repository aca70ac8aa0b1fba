//! 9: closes an empty escrow that has rested, and gives the rent back to who paid it.

use crate::{
    arguments::Arguments,
    error::{require, EscrowError},
    now::Now,
    state::{self, config::Config, escrow::Escrow},
    Context,
};
use pinocchio::{address::address_eq, ProgramResult};

#[inline(never)]
pub fn run(context: &mut Context) -> ProgramResult {
    Arguments::of(context.data).end()?;
    let [closer, config, account, rent_payer, ..] = context.accounts else {
        return Err(EscrowError::BadInstruction.into());
    };
    let config_address = *config.address();
    state::load::<Config>(config, context.program_id)?;
    let escrow = state::load_of::<Escrow>(account, context.program_id, &config_address)?;
    let may_close = address_eq(closer.address(), &escrow.user) || address_eq(closer.address(), &escrow.rent_payer);
    require(closer.is_signer() && may_close, EscrowError::MissingSigner)?;
    require(
        address_eq(rent_payer.address(), &escrow.rent_payer),
        EscrowError::BadDestination,
    )?;
    escrow.require_closable(Now::get()?)?;
    let lamports = account.lamports();
    account.set_lamports(0);
    rent_payer.set_lamports(rent_payer.lamports() + lamports);
    account.close()
}
